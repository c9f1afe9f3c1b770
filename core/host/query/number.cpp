#include "host/query/number.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace alidade::host::query {
namespace {

/// Digits without the point, and the power of ten that they are to be multiplied with.
struct Decimal {
  std::int64_t digits = 0;
  int exponent = 0;
  bool fits = true;  ///< the digits, into 64 bits

  void add(char digit) {
    fits = fits && !__builtin_mul_overflow(digits, 10, &digits) &&
           !__builtin_add_overflow(digits, digit - '0', &digits);
  }
  [[nodiscard]] std::optional<std::int64_t> whole() const {
    auto out = digits;
    int left = exponent;
    for (; left < 0 && out % 10 == 0 && out != 0; ++left) out /= 10;
    if (!fits || (left < 0 && out != 0)) return std::nullopt;
    for (; left > 0 && out != 0; --left)
      if (__builtin_mul_overflow(out, 10, &out)) return std::nullopt;
    return out;
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::partial_ordering compared(std::int64_t a, double b) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kEnd) return std::partial_ordering::less;
  if (b < -kEnd) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto sizes = a <=> static_cast<std::int64_t>(whole);
  return sizes != 0 ? std::partial_ordering(sizes) : 0.0 <=> b - whole;
}

std::optional<std::int64_t> whole_result(char op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  switch (op) {
    case '+':
      return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case '-':
      return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case '*':
      return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    default:
      if (b == -1) return whole_result('-', 0, a);
      return b == 0 || a % b != 0 ? std::nullopt : std::optional(a / b);
  }
}

}  // namespace

std::optional<Number> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* flag = std::get_if<bool>(&value)) return std::int64_t{*flag};
  return std::nullopt;
}

Value value_of(Number number) {
  return std::visit([](auto n) { return Value(n); }, number);
}

double real_of(Number number) {
  return std::visit([](auto n) { return static_cast<double>(n); }, number);
}

std::partial_ordering order(Number a, Number b) {
  const auto *x = std::get_if<std::int64_t>(&a), *y = std::get_if<std::int64_t>(&b);
  if (x && y) return *x <=> *y;
  if (x) return compared(*x, std::get<double>(b));
  if (y) return 0 <=> compared(*y, std::get<double>(a));
  return std::get<double>(a) <=> std::get<double>(b);
}

double real_result(char op, double a, double b) {
  if (op == '+') return a + b;
  if (op == '-') return a - b;
  return op == '*' ? a * b : a / b;
}

Value computed(char op, Number a, Number b) {
  const auto *x = std::get_if<std::int64_t>(&a), *y = std::get_if<std::int64_t>(&b);
  if (x && y)
    if (const auto whole = whole_result(op, *x, *y)) return Value(*whole);
  const double real = real_result(op, real_of(a), real_of(b));
  return std::isfinite(real) ? Value(real) : Value();
}

std::optional<Number> read_number(std::string_view text) {
  if (text.empty() || (!is_digit(text[0]) && text[0] != '.')) return std::nullopt;  // "inf", "nan", "-1"
  double real = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), real);
  const auto written = text.substr(0, static_cast<std::size_t>(end - text.data())),
             rest = text.substr(written.size());
  const auto prefix = rest.empty() ? 0 : std::string_view("KMGTP").find(rest[0]) + 1;
  if (ec != std::errc() || rest.size() > 1 || (!rest.empty() && prefix == 0)) return std::nullopt;
  Decimal decimal;
  const auto mantissa = written.substr(0, written.find_first_of("eE"));
  for (const char c : mantissa)
    if (is_digit(c)) decimal.add(c);
  if (const auto point = mantissa.find('.'); point != mantissa.npos)
    decimal.exponent = -static_cast<int>(mantissa.size() - point - 1);
  if (mantissa.size() < written.size()) {
    auto power = written.substr(mantissa.size() + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int value = 0;
    if (std::from_chars(power.data(), power.data() + power.size(), value).ec != std::errc())
      return std::nullopt;
    decimal.exponent += value;
  }
  decimal.exponent += 3 * static_cast<int>(prefix);
  if (const auto whole = decimal.whole()) return *whole;
  for (std::size_t i = 0; i < prefix; ++i) real *= 1000;
  return real;
}

}  // namespace alidade::host::query
