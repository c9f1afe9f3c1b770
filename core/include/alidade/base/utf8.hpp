#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace alidade {

/// One code point read from bytes that may not be UTF-8: an invalid byte is one character of length 1.
struct Character {
  char32_t code = 0;
  std::size_t length = 1;
  bool valid = false;
};
/// The first character of `text`, which is not empty.
[[nodiscard]] Character first_character(std::string_view text);
/// Whether a terminal would act on it, or show nothing or something else: controls, bidi marks, zero-width,
/// separators.
[[nodiscard]] bool is_unprintable(char32_t code);
/// Columns that a terminal gives it: 0 for combining marks, 2 for wide East Asian characters and emoji,
/// else 1.
[[nodiscard]] int column_width(char32_t code);
/// Adds each byte as \xNN.
void append_hex(std::string& out, std::string_view bytes);

}  // namespace alidade
