#include "alidade/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace alidade {
namespace {

struct CodeRange {
  char32_t first, last;
};

template <std::size_t N>
bool contains(const std::array<CodeRange, N>& ranges, char32_t code) {
  return std::ranges::any_of(ranges, [code](CodeRange r) { return code >= r.first && code <= r.last; });
}

constexpr auto kUnprintable = std::to_array<CodeRange>({{0x00, 0x1f},
                                                        {0x7f, 0x9f},
                                                        {0xad, 0xad},
                                                        {0x61c, 0x61c},
                                                        {0x180e, 0x180e},
                                                        {0x200b, 0x200f},
                                                        {0x2028, 0x202e},
                                                        {0x2060, 0x206f},
                                                        {0xfeff, 0xfeff},
                                                        {0xfff9, 0xfffb},
                                                        {0xe0000, 0xe007f}});
constexpr auto kCombining = std::to_array<CodeRange>({{0x300, 0x36f},
                                                      {0x483, 0x489},
                                                      {0x591, 0x5bd},
                                                      {0x610, 0x61a},
                                                      {0x64b, 0x65f},
                                                      {0x1ab0, 0x1aff},
                                                      {0x1dc0, 0x1dff},
                                                      {0x20d0, 0x20ff},
                                                      {0xfe00, 0xfe0f},
                                                      {0xfe20, 0xfe2f}});
constexpr auto kWide = std::to_array<CodeRange>({{0x1100, 0x115f},
                                                 {0x2e80, 0x303e},
                                                 {0x3041, 0x33ff},
                                                 {0x3400, 0x4dbf},
                                                 {0x4e00, 0x9fff},
                                                 {0xa000, 0xa4cf},
                                                 {0xac00, 0xd7a3},
                                                 {0xf900, 0xfaff},
                                                 {0xfe30, 0xfe6f},
                                                 {0xff00, 0xff60},
                                                 {0xffe0, 0xffe6},
                                                 {0x1f300, 0x1f64f},
                                                 {0x1f680, 0x1f6ff},
                                                 {0x1f900, 0x1f9ff},
                                                 {0x20000, 0x3fffd}});

/// How many bytes a character takes by its first one, and the least code that needs so many; 0 when it starts
/// none.
struct Lead {
  std::size_t length;
  char32_t bits, least;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xc2 && byte <= 0xdf) return {2, byte & 0x1fu, 0x80};
  if (byte >= 0xe0 && byte <= 0xef) return {3, byte & 0x0fu, 0x800};
  if (byte >= 0xf0 && byte <= 0xf4) return {4, byte & 0x07u, 0x10000};
  return {0, 0, 0};
}

}  // namespace

Character first_character(std::string_view text) {
  const auto invalid = Character{static_cast<unsigned char>(text[0]), 1, false};
  const auto [length, bits, least] = lead_of(static_cast<unsigned char>(text[0]));
  if (length == 0 || length > text.size()) return invalid;
  char32_t code = bits;
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0u) != 0x80) return invalid;
    code = (code << 6) | (byte & 0x3fu);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least || code > 0x10ffff || surrogate) return invalid;
  return {code, length, true};
}

bool is_unprintable(char32_t code) {
  if (code < 0x80) return code < 0x20 || code == 0x7f;
  return contains(kUnprintable, code);
}

int column_width(char32_t code) {
  if (code < 0x300) return 1;
  if (contains(kCombining, code)) return 0;
  return contains(kWide, code) ? 2 : 1;
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
}

}  // namespace alidade
