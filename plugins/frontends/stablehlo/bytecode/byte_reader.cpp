#include "byte_reader.hpp"

#include <bit>

namespace alidade::stablehlo {

std::uint8_t ByteReader::byte() {
  if (left() == 0) return wrong("a number is cut off"), 0;
  return static_cast<std::uint8_t>(bytes_[at_++]);
}

/// Zeros at the end of the first byte say how many bytes follow; none but zeros are eight.
std::uint64_t ByteReader::number() {
  const unsigned first = byte();
  if ((first & 1) != 0) return first >> 1;
  const int more = first == 0 ? 8 : std::countr_zero(first);
  std::uint64_t value = 0;
  for (int i = 0; i < more; ++i) value |= static_cast<std::uint64_t>(byte()) << (8 * i);
  return first == 0 ? value : (value << (7 - more)) | (first >> (more + 1));
}

std::int64_t ByteReader::signed_number() {
  const auto n = number();
  return static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1));
}

ByteReader::Flagged ByteReader::flagged() {
  const auto n = number();
  return {n >> 1, (n & 1) != 0};
}

std::uint64_t ByteReader::count(std::string_view of) {
  const auto n = number();
  if (n <= left()) return n;
  wrong("the file speaks of " + std::to_string(n) + " " + std::string(of) + ", and has " +
        std::to_string(left()) + " bytes left for them");
  return 0;
}

std::string_view ByteReader::bytes(std::uint64_t size) {
  if (size > left()) {
    wrong("a part of " + std::to_string(size) + " bytes is cut off: " + std::to_string(left()) + " are left");
    return {};
  }
  at_ += size;
  return bytes_.substr(at_ - size, size);
}

std::string_view ByteReader::text() {
  const auto end = at_end() ? std::string_view::npos : bytes_.find('\0', at_);
  if (end == std::string_view::npos) return wrong("a text has no end"), std::string_view();
  const auto found = bytes_.substr(at_, end - at_);
  at_ = end + 1;
  return found;
}

ByteReader ByteReader::part(std::uint64_t size) {
  const auto from = place();
  return {bytes(size), from, *damage_};
}

void ByteReader::align(std::uint64_t to) {
  constexpr char kFilling = '\xcb';
  while (to > 1 && left() > 0 && place() % to != 0 && bytes_[at_] == kFilling) ++at_;
}

}  // namespace alidade::stablehlo
