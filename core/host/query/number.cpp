#include "host/query/number.hpp"

#include <cmath>

namespace alidade::host::query {
namespace {

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

}  // namespace alidade::host::query
