#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.hpp"

namespace alidade::archive {

/// One file of an archive, its central and local headers compared.
struct ZipEntry {
  std::string name;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  std::uint32_t crc = 0;
  std::uint64_t packed = 0, size = 0;
  std::uint64_t header = 0, begin = 0;  ///< offsets of the local header and of the data
};

/// The directory of a zip archive, every header checked, no two entries overlapping or called the same;
/// nothing but headers is read until contents() is asked for. Names in messages are the archive's own path
/// and entry.
class ZipArchive {
 public:
  static constexpr std::size_t kMostEntries = 65'535;

  [[nodiscard]] static Result<ZipArchive> open(const ByteSource& source, std::string file);
  [[nodiscard]] const std::vector<ZipEntry>& entries() const {
    return entries_;
  }  ///< in the directory's order
  [[nodiscard]] const ZipEntry* find(std::string_view name) const;
  /// The bytes of an entry, inflated where packed, their checksum compared; at most `most` of them, whatever
  /// size the headers state. They lie in `room`, or in the source's own memory.
  [[nodiscard]] Result<std::string_view> contents(const ZipEntry& entry, std::uint64_t most,
                                                  std::string& room) const;
  [[nodiscard]] const ByteSource& source() const { return *source_; }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  ZipArchive(const ByteSource& source, std::string file) : source_(&source), file_(std::move(file)) {}
  [[nodiscard]] Result<std::string_view> inflated(const ZipEntry& entry, std::string_view packed,
                                                  std::uint64_t most, std::string& room) const;
  [[nodiscard]] std::unexpected<Error> broken(const ZipEntry& entry, std::string_view what,
                                              Fault fault = Fault::model) const;

  const ByteSource* source_;
  std::string file_;
  std::vector<ZipEntry> entries_;
};

}  // namespace alidade::archive
