#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "zip.hpp"

namespace alidade::archive {

/// Where the central directory lies, as the end record (or its 64-bit twin) says, checked against the file's
/// size.
struct ZipEnd {
  std::uint64_t entries = 0, offset = 0, size = 0;
};
[[nodiscard]] Result<ZipEnd> find_zip_end(const ByteSource& source, const std::string& file);
/// The entries of the central directory; each checked against its local header.
[[nodiscard]] Result<std::vector<ZipEntry>> read_zip_directory(const ByteSource& source,
                                                               const std::string& file, const ZipEnd& end);

/// Little-endian numbers of a header; the caller has checked the length.
template <class T>
[[nodiscard]] T little(std::string_view bytes, std::size_t at) {
  T n = 0;
  for (std::size_t i = sizeof(T); i-- > 0;)
    n = static_cast<T>((n << 8) | static_cast<unsigned char>(bytes[at + i]));
  return n;
}

}  // namespace alidade::archive
