#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "rational.hpp"

namespace alidade {

/// A sign of one or two characters as one number.
constexpr std::uint16_t sign_code(std::string_view sign) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(sign[i]); };
  return static_cast<std::uint16_t>(at(0) | (sign.size() > 1 ? at(1) << 8 : 0));
}

/// One word of a formula.
struct Token {
  enum class Kind : std::uint8_t { end, number, name, quoted, sign, wrong };
  Kind kind = Kind::end;
  std::string_view text = {};  ///< of a quoted name, what is between the quotes
  std::size_t at = 0;          ///< where it begins
  std::uint16_t code = 0;      ///< of a sign

  [[nodiscard]] bool is(std::string_view sign) const { return code == sign_code(sign); }
};

/// The token that begins at or after `at`, and where it ends.
[[nodiscard]] std::pair<Token, std::size_t> next_token(std::string_view text, std::size_t at);
/// Whether the whole text is one name, and no word of the language (True, and, ...).
[[nodiscard]] bool is_name(std::string_view text);
/// "12", "0.5", "1e-05". Fifteen or more digits with a point are a double that was printed: the simplest
/// fraction that prints so. Nothing where it does not fit.
[[nodiscard]] std::optional<Rational> number_in(std::string_view digits);

}  // namespace alidade
