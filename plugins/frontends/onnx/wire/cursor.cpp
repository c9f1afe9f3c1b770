#include "cursor.hpp"

#include <fmt/format.h>

namespace alidade::onnx_file {

std::uint64_t Cursor::long_varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) {
      damage_.add(at_, fmt::format("the file ends inside a number of {} (field {})", name_, field_));
      return 0;
    }
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail("holds a number of more than 64 bits");
  return 0;
}

bool Cursor::expect(std::uint32_t wire) {
  if (wire_ == wire) return true;
  damage_.add(start_,
              fmt::format("field {} of {} has wire type {}, expected {}", field_, name_, wire_, wire));
  return false;
}

bool Cursor::fits(std::uint64_t size) {
  const auto left = static_cast<std::uint64_t>(end_ - at_);
  if (size <= left) return true;
  damage_.add(at_, fmt::format("field {} of {} says {} bytes and {} are left", field_, name_, size, left));
  return false;
}

bool Cursor::fail(const char* what) {
  damage_.add(start_ ? start_ : at_, fmt::format("field {} of {} {}", field_, name_, what));
  return false;
}

}  // namespace alidade::onnx_file
