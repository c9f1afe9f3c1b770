#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"

namespace alidade {

/// A model file's bytes: read whole below 64 MiB, mapped above. Regular files only; never blocks on a FIFO.
/// Movable; the view is valid as long as the object lives.
class FileBytes {
 public:
  /// `map_from`: the size from which the file is mapped; 0 where only parts of it will be looked at.
  [[nodiscard]] static Result<FileBytes> open(const std::string& path,
                                              std::size_t map_from = std::size_t{64} << 20);
  FileBytes(FileBytes&& o) noexcept;
  FileBytes& operator=(FileBytes&& o) noexcept;
  ~FileBytes();
  [[nodiscard]] std::string_view view() const { return {data_, size_}; }

 private:
  FileBytes(const char* data, std::size_t size, bool mapped) : data_(data), size_(size), mapped_(mapped) {}
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  bool mapped_ = false;
};

}  // namespace alidade
