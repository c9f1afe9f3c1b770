#include "expression_value.hpp"

#include <algorithm>
#include <optional>

namespace alidade {
namespace {

using Operands = std::span<const Value>;

constexpr Value failed(Problem problem) { return {0, problem}; }

Value fitting(const std::optional<Rational>& r) { return r ? Value{*r} : failed(Problem::wide); }
Value condition(std::optional<bool> holds) {
  return holds ? Value{Rational(*holds ? 1 : 0)} : failed(Problem::wide);
}
bool is_condition(const Value& v) { return v.number == Rational(0) || v.number == Rational(1); }
bool is_true(const Value& v) { return v.number == Rational(1); }

Value then_floor(const Value& v) { return v.problem == Problem::none ? Value{v.number.floor()} : v; }

Value negative(const Value& v) { return v.problem == Problem::none ? fitting(subtract(0, v.number)) : v; }

Value then_ceil(const Value& v) { return negative(then_floor(negative(v))); }

Value quotient(const Value& a, const Value& b) {
  return b.number.sign() == 0 ? failed(Problem::zero) : fitting(divide(a.number, b.number));
}

Value remainder(const Value& a, const Value& b) {
  const Value whole = then_floor(quotient(a, b));
  if (whole.problem != Problem::none) return whole;
  const auto part = multiply(b.number, whole.number);
  return fitting(part ? subtract(a.number, *part) : std::nullopt);
}

Value raised(const Rational& a, const Rational& exponent) {
  if (exponent == *Rational::of(1, 2)) {
    const auto root = square_root(a);
    return root ? Value{*root} : failed(Problem::root);
  }
  if (!exponent.is_whole()) return failed(Problem::power);
  if (a.sign() == 0 && exponent.sign() < 0) return failed(Problem::zero);
  const auto whole = exponent.size();
  return whole ? fitting(power(a, *whole)) : failed(Problem::wide);
}

Value truncated(const Value& v) { return v.number.sign() < 0 ? then_ceil(v) : then_floor(v); }

Value rounded_to(const Value& a, const Value& digits) {
  const auto places = digits.number.size();
  const auto scale = places ? power(10, *places) : std::nullopt;
  const auto scaled = scale ? multiply(a.number, *scale) : std::nullopt;
  const auto whole = scaled ? round(*scaled) : std::nullopt;
  return whole ? fitting(divide(*whole, *scale)) : failed(Problem::digits);
}

Value extreme(Operands x, bool largest) {
  const Value* best = x.data();
  for (const Value& v : x.subspan(1)) {
    const auto smaller = less(best->number, v.number);
    if (!smaller) return failed(Problem::wide);
    if (*smaller == largest) best = &v;
  }
  return *best;
}

Value compared(const Step& step, const Rational& a, const Rational& b) {
  const auto below = less(a, b);
  if (!below) return failed(Problem::wide);
  switch (step.operation) {
    case Operation::less:
      return condition(below);
    case Operation::less_equal:
      return condition(*below || a == b);
    case Operation::greater:
      return condition(!*below && a != b);
    default:
      return condition(!*below);
  }
}

Value on_bits(const Step& step, const Rational& a, const Rational& b) {
  const auto x = a.size(), y = b.size();
  if (!x || !y) return failed(Problem::bits);
  switch (step.operation) {
    case Operation::bit_and:
      return {*x & *y};
    case Operation::bit_or:
      return {*x | *y};
    default:
      return {*x ^ *y};
  }
}

Value shifted(const Value& a, const Rational& by, bool left) {
  const auto bits = by.size();
  if (!bits || *bits < 0 || !a.number.is_whole()) return failed(Problem::bits);
  if (!left && *bits > 126) return Value{Rational(a.number.sign() < 0 ? -1 : 0)};
  const auto scale = power(2, *bits);
  if (!scale) return a.number.sign() == 0 ? a : failed(Problem::wide);
  return left ? fitting(multiply(a.number, *scale)) : then_floor(quotient(a, {*scale}));
}

/// The operands in turn until one decides: false for `and`, true for `or`.
Value decided(Operands x, bool deciding) {
  for (const Value& v : x) {
    if (v.problem != Problem::none) return v;
    if (!is_condition(v)) return failed(Problem::condition);
    if (is_true(v) == deciding) return v;
  }
  return x.back();
}

Value chosen(Operands x) {
  if (x[0].problem != Problem::none) return x[0];
  if (!is_condition(x[0])) return failed(Problem::condition);
  return is_true(x[0]) ? x[1] : x[2];
}

Value first_that_holds(Operands x) {
  for (; !x.empty(); x = x.subspan(2)) {
    if (x[1].problem != Problem::none) return x[1];
    if (!is_condition(x[1])) return failed(Problem::condition);
    if (is_true(x[1])) return x[0];
  }
  return failed(Problem::no_case);
}

Value logic(const Step& step, Operands x) {
  const Value& a = x[0];
  switch (step.operation) {
    case Operation::equal:
      return condition(a.number == x[1].number);
    case Operation::not_equal:
      return condition(a.number != x[1].number);
    case Operation::none_of:
      return is_condition(a) ? condition(!is_true(a)) : failed(Problem::condition);
    case Operation::bit_and:
    case Operation::bit_or:
    case Operation::bit_xor:
      return on_bits(step, a.number, x[1].number);
    case Operation::shift_left:
    case Operation::shift_right:
      return shifted(a, x[1].number, step.operation == Operation::shift_left);
    default:
      return compared(step, a.number, x[1].number);
  }
}

Value rounding(const Step& step, Operands x) {
  const Value& a = x[0];
  switch (step.operation) {
    case Operation::floor:
      return then_floor(a);
    case Operation::ceil:
      return then_ceil(a);
    case Operation::truncate:
      return truncated(a);
    case Operation::round:
      return fitting(round(a.number));
    case Operation::round_decimal:
      return rounded_to(a, x[1]);
    case Operation::absolute:
      return a.number.sign() < 0 ? negative(a) : a;
    case Operation::square_root:
      return raised(a.number, *Rational::of(1, 2));
    case Operation::maximum:
      return extreme(x, true);
    case Operation::minimum:
      return extreme(x, false);
    default:
      return logic(step, x);
  }
}

Value arithmetic(const Step& step, Operands x) {
  const Value& a = x[0];
  switch (step.operation) {
    case Operation::add:
      return fitting(add(a.number, x[1].number));
    case Operation::subtract:
      return fitting(subtract(a.number, x[1].number));
    case Operation::multiply:
      return fitting(multiply(a.number, x[1].number));
    case Operation::divide:
      return quotient(a, x[1]);
    case Operation::floor_divide:
      return then_floor(quotient(a, x[1]));
    case Operation::ceil_divide:
      return then_ceil(quotient(a, x[1]));
    case Operation::modulo:
      return remainder(a, x[1]);
    case Operation::modular_index: {
      const Value whole = then_floor(quotient(a, x[1]));
      return whole.problem == Problem::none ? remainder(whole, x[2]) : whole;
    }
    case Operation::power:
      return raised(a.number, x[1].number);
    case Operation::negate:
      return negative(a);
    case Operation::identity:
      return a;
    default:
      return rounding(step, x);
  }
}

}  // namespace

Value applied(const Step& step, Operands x) {
  switch (step.operation) {
    case Operation::where:
      return chosen(x);
    case Operation::piecewise:
      return first_that_holds(x);
    case Operation::all_of:
      return decided(x, false);
    case Operation::any_of:
      return decided(x, true);
    default:
      break;
  }
  for (const Value& v : x)
    if (v.problem != Problem::none) return v;
  if (step.operation == Operation::foreign) return {0, Problem::foreign, step.index};
  return arithmetic(step, x);
}

std::string_view words(Problem problem) {
  switch (problem) {
    case Problem::zero:
      return "it divides by zero";
    case Problem::wide:
      return "a part of it does not fit 127 bits";
    case Problem::power:
      return "an exponent is not a whole number";
    case Problem::root:
      return "a square root in it is not a fraction";
    case Problem::condition:
      return "a condition in it is a number";
    case Problem::bits:
      return "bits are taken of what is not a whole number of 64 bits";
    case Problem::digits:
      return "it rounds to digits that do not fit";
    case Problem::no_case:
      return "none of its cases holds";
    case Problem::none:
    case Problem::unbound:
    case Problem::foreign:
      break;
  }
  return "";
}

}  // namespace alidade
