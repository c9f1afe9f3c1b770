#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"

namespace alidade::archive {

/// Bytes that are read piece by piece, so that the weights of a large archive are never touched.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// The piece, which must lie inside; in `room` where it has to be fetched.
  [[nodiscard]] virtual Result<std::string_view> read(std::uint64_t offset, std::uint64_t size,
                                                      std::string& room) const = 0;
};

/// A regular file, read with pread: it may shrink while it is read, and nothing worse than an error happens.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}
  ~FileSource() override;
  [[nodiscard]] Result<void> open();
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::string_view> read(std::uint64_t offset, std::uint64_t size,
                                              std::string& room) const override;

 private:
  std::string path_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

/// Bytes in memory, which must outlive it.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Result<std::string_view> read(std::uint64_t offset, std::uint64_t size,
                                              std::string&) const override {
    return bytes_.substr(offset, size);
  }

 private:
  std::string_view bytes_;
};

/// A part of another source: an archive stored in an archive.
class PartSource final : public ByteSource {
 public:
  PartSource(const ByteSource& whole, std::uint64_t offset, std::uint64_t size)
      : whole_(whole), offset_(offset), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::string_view> read(std::uint64_t offset, std::uint64_t size,
                                              std::string& room) const override {
    return whole_.read(offset_ + offset, size, room);
  }

 private:
  const ByteSource& whole_;
  std::uint64_t offset_, size_;
};

}  // namespace alidade::archive
