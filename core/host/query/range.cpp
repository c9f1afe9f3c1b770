#include "host/query/range.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>

namespace alidade::host::query {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

Number low(const Range& range) { return *number_of(range.least); }
Number high(const Range& range) { return range.most.value_or(low(range)); }
bool less(Number a, Number b) { return order(a, b) < 0; }
bool is_zero(Number n) { return order(n, std::int64_t{0}) == 0; }
bool may_be_zero(const Range& range) {
  return order(low(range), std::int64_t{0}) <= 0 && order(high(range), std::int64_t{0}) >= 0;
}

/// Of two ends, of which one may be infinite; 0 times anything is 0.
Number end(char op, Number a, Number b) {
  if (op == '*' && (is_zero(a) || is_zero(b))) return std::int64_t{0};
  if (const auto finite = number_of(computed(op, a, b))) return *finite;
  return real_result(op, real_of(a), real_of(b));
}

/// A product or a quotient is between those of the ends; infinite by infinite lies between the others.
Range of_corners(char op, const Range& a, const Range& b) {
  std::optional<Number> least, most;
  for (const auto x : {low(a), high(a)})
    for (const auto y : {low(b), high(b)}) {
      const auto corner = end(op, x, y);
      if (std::isnan(real_of(corner))) continue;
      if (!least || less(corner, *least)) least = corner;
      if (!most || less(*most, corner)) most = corner;
    }
  return least ? between(*least, *most) : between(-kEndless, kEndless);
}

bool same_text(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool same(const Value& a, const Value& b) {
  const auto *text = std::get_if<std::string>(&a), *other = std::get_if<std::string>(&b);
  if (text && other) return same_text(*text, *other);
  const bool flags = std::holds_alternative<bool>(a) || std::holds_alternative<bool>(b);
  const auto x = number_of(a), y = number_of(b);
  return x && y && !flags ? order(*x, *y) == 0 : a == b;
}

}  // namespace

Range between(Number least, Number most) {
  return less(least, most) ? Range{value_of(least), most} : Range{value_of(least), {}};
}

Verdict verdict_of(bool sure, bool possible) {
  return sure ? Verdict::yes : possible ? Verdict::maybe : Verdict::no;
}

bool is_text(const Range& range) { return std::holds_alternative<std::string>(range.least); }
bool is_flag(const Range& range) { return std::holds_alternative<bool>(range.least); }

std::string to_text(const Range& range) {
  if (range.exact() || is_text(range)) return to_text(range.least);
  const bool from = std::isfinite(real_of(low(range))), to = std::isfinite(real_of(high(range)));
  if (is_flag(range) || (!from && !to)) return "not known";
  if (!to) return "at least " + to_text(range.least);
  const auto most = to_text(value_of(*range.most));
  return from ? to_text(range.least) + " to " + most : "at most " + most;
}

Range range_of(const FieldScope& scope, const std::string& name) {
  auto least = scope.field(name);
  if (scope.is_open(name)) return {least, kEndless};
  const auto upper = name + "_upper";
  if (!number_of(least) || std::holds_alternative<bool>(least) || !scope.knows(upper)) return {least, {}};
  return between(*number_of(least), number_of(scope.field(upper)).value_or(kEndless));
}

Range range_of(Verdict verdict) {
  if (verdict == Verdict::undefined) return {};
  if (verdict == Verdict::maybe) return {Value(false), std::int64_t{1}};
  return {Value(verdict == Verdict::yes), {}};
}

Verdict truth(const Range& range) {
  if (std::holds_alternative<std::monostate>(range.least)) return Verdict::undefined;
  if (const auto* text = std::get_if<std::string>(&range.least)) return verdict_of(!text->empty(), false);
  if (!range.exact()) return may_be_zero(range) ? Verdict::maybe : Verdict::yes;
  const auto number = number_of(range.least);
  return verdict_of(number && !is_zero(*number), false);
}

Range computed(char op, const Range& a, const Range& b) {
  if (a.exact() && b.exact()) return {computed(op, low(a), low(b)), {}};
  if (op == '+') return between(end(op, low(a), low(b)), end(op, high(a), high(b)));
  if (op == '-') return between(end(op, low(a), high(b)), end(op, high(a), low(b)));
  if (op == '/' && b.exact() && is_zero(low(b))) return {};
  if (op == '/' && may_be_zero(b)) return between(-kEndless, kEndless);
  return of_corners(op, a, b);
}

Range magnitude(const Range& number) {
  const Range zero{Value(std::int64_t{0}), {}};
  if (!less(low(number), low(zero))) return number;
  auto negated = computed('-', zero, number);
  if (!less(low(zero), high(number))) return negated;
  return between(low(zero), high(greater(number, negated)));
}

Range lesser(const Range& a, const Range& b) {
  return between(std::min(low(b), low(a), less), std::min(high(b), high(a), less));
}
Range greater(const Range& a, const Range& b) {
  return between(std::max(low(b), low(a), less), std::max(high(b), high(a), less));
}

Verdict compared(std::string_view op, const Range& a, const Range& b) {
  if (op == ">") return compared("<", b, a);
  if (op == ">=") return compared("<=", b, a);
  const auto holds = [&](Number x, Number y) { return op == "<" ? order(x, y) < 0 : order(x, y) <= 0; };
  return verdict_of(holds(high(a), low(b)), holds(low(a), high(b)));
}

Verdict equal(const Range& a, const Range& b) {
  if (a.exact() && b.exact()) return verdict_of(same(a.least, b.least), false);
  if (is_text(a) && is_text(b)) return verdict_of(same(a.least, b.least), true);
  if (!number_of(a.least) || !number_of(b.least) || is_flag(a) != is_flag(b)) return Verdict::no;
  return verdict_of(false, !less(high(a), low(b)) && !less(high(b), low(a)));
}

}  // namespace alidade::host::query
