#include "expression_lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace alidade {
namespace {

constexpr std::string_view kSigns = "+-*/%(),<>=&|^~";
constexpr std::array kLongSigns = {sign_code("**"), sign_code("//"), sign_code("<="), sign_code(">="),
                                   sign_code("=="), sign_code("!="), sign_code("<<"), sign_code(">>")};
constexpr std::array<std::string_view, 5> kWords = {"True", "False", "and", "or", "not"};
constexpr std::size_t kPrintedDouble = 15;  // digits that sympy prints of one

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool in_name(char c) { return starts_name(c) || is_digit(c) || c == '.' || c == ':'; }

std::size_t after_digits(std::string_view s, std::size_t at) {
  while (at < s.size() && is_digit(s[at])) ++at;
  return at;
}

std::size_t after_number(std::string_view s, std::size_t at) {
  at = after_digits(s, at);
  if (at < s.size() && s[at] == '.') at = after_digits(s, at + 1);
  if (at >= s.size() || (s[at] != 'e' && s[at] != 'E')) return at;
  const std::size_t sign = at + 1 < s.size() && (s[at + 1] == '-' || s[at + 1] == '+') ? at + 2 : at + 1;
  return sign < s.size() && is_digit(s[sign]) ? after_digits(s, sign) : at;
}

std::size_t sign_length(std::string_view rest) {
  if (rest.size() > 1 && std::ranges::find(kLongSigns, sign_code(rest.substr(0, 2))) != kLongSigns.end())
    return 2;
  return kSigns.contains(rest[0]) ? 1 : 0;
}

std::optional<Rational> ten_to(std::int64_t exponent) { return power(10, exponent); }

/// The fraction that a double of these digits was computed from, as far as its digits tell.
std::optional<Rational> as_printed(const Rational& exact, std::int64_t last_digit) {
  const auto printed = ten_to(last_digit);
  const auto digit = printed ? divide(*printed, 2) : std::nullopt;
  const auto stored = divide(exact, Rational::Integer{1} << 53);
  if (!digit || !stored) return exact;
  const auto near = simplest_near(exact, less(*digit, *stored).value_or(false) ? *stored : *digit);
  return near ? near : exact;
}

}  // namespace

std::pair<Token, std::size_t> next_token(std::string_view s, std::size_t at) {
  using Kind = Token::Kind;
  while (at < s.size() && (s[at] == ' ' || s[at] == '\t' || s[at] == '\n')) ++at;
  if (at >= s.size()) return {{Kind::end, {}, at}, at};
  std::size_t end = at;
  if (is_digit(s[at]) || (s[at] == '.' && at + 1 < s.size() && is_digit(s[at + 1]))) {
    end = after_number(s, at);
    return {{Kind::number, s.substr(at, end - at), at}, end};
  }
  if (starts_name(s[at])) {
    while (end < s.size() && in_name(s[end])) ++end;
    return {{Kind::name, s.substr(at, end - at), at}, end};
  }
  if (s[at] == '\'') end = s.find('\'', at + 1);
  if (s[at] == '\'' && end != std::string_view::npos && end > at + 1)
    return {{Kind::quoted, s.substr(at + 1, end - at - 1), at}, end + 1};
  if (const auto length = sign_length(s.substr(at)))
    return {{Kind::sign, s.substr(at, length), at, sign_code(s.substr(at, length))}, at + length};
  return {{Kind::wrong, s.substr(at, 1), at}, at + 1};
}

bool is_name(std::string_view s) {
  return !s.empty() && starts_name(s[0]) && std::ranges::all_of(s, in_name) &&
         std::ranges::find(kWords, s) == kWords.end();
}

std::optional<Rational> number_in(std::string_view text) {
  std::int64_t n = 0;
  if (const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
      ec == std::errc() && end == text.data() + text.size())
    return n;
  Rational::Integer whole = 0;
  std::int64_t exponent = 0, digits = 0, shift = 0;
  bool point = false;
  const auto e = std::min(text.find_first_of("eE"), text.size());
  for (const char c : text.substr(0, e)) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (digits > 0 || c != '0') ++digits;
    if (digits > 36) return std::nullopt;
    whole = whole * 10 + (c - '0');
    shift += point ? 1 : 0;
  }
  if (e < text.size()) {
    const auto written = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
    if (std::from_chars(written.data(), written.data() + written.size(), exponent).ec != std::errc() ||
        exponent > 40 || exponent < -40)
      return std::nullopt;
  }
  const auto scale = ten_to(exponent - shift);
  const auto exact = scale ? multiply(whole, *scale) : std::nullopt;
  const bool printed = exact && point && digits >= static_cast<std::int64_t>(kPrintedDouble);
  return printed ? as_printed(*exact, exponent - shift) : exact;
}

}  // namespace alidade
