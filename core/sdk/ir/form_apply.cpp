// Every operation of an expression on forms: folded where it can be, an atom where not.
#include <algorithm>

#include "expression_value.hpp"
#include "form.hpp"

namespace alidade::form {
namespace {

using Operands = std::span<const Form>;

constexpr std::int64_t kMostPower = 32;

bool is_number(const Form& f, std::int64_t n) { return f.is_constant() && f.constant() == Rational(n); }

/// The operation on numbers, as evaluation does it.
Form folded(Operation operation, Operands x) {
  std::vector<Value> values;
  for (const Form& f : x) values.push_back({f.constant()});
  const Value v = applied({operation, static_cast<std::uint32_t>(x.size())}, values);
  return v.problem == Problem::none ? constant(v.number) : unknown();
}

Form raised(const Form& base, const Form& exponent) {
  const auto n = exponent.is_constant() ? exponent.constant().size() : std::nullopt;
  if (!n) return call(Operation::power, {base, exponent});
  if (*n > kMostPower || *n < -kMostPower) return unknown();
  Form out = constant(1);
  for (std::int64_t i = 0; i < (*n < 0 ? -*n : *n) && out.known; ++i) out = multiply(out, base);
  return *n < 0 ? divide(constant(1), out) : out;
}

Form magnitude(const Form& a) {
  if (is_nonnegative(a)) return a;
  Form other = scale(a, -1);
  if (is_nonnegative(other)) return other;
  return call(Operation::absolute, {a.terms[0].coefficient.sign() < 0 ? other : a});
}

Form truncated(const Form& a) {
  if (is_whole(a)) return a;
  if (is_nonnegative(a)) return floor(a);
  return is_nonnegative(scale(a, -1)) ? ceil(a) : call(Operation::truncate, {a});
}

Form rounded(const Form& a) { return is_whole(a) ? a : call(Operation::round, {a}); }

Form compared(Operation operation, const Form& a, const Form& b) {
  const Form difference = subtract(b, a), other = subtract(a, b);
  const auto is_positive = [](const Form& f) { return is_nonnegative(subtract(f, constant(1))); };
  const bool equality = operation == Operation::equal || operation == Operation::not_equal;
  if (!difference.known) return unknown();
  if (equality && (is_positive(difference) || is_positive(other)))
    return constant(operation == Operation::equal ? 0 : 1);
  if (equality && difference.terms.empty()) return constant(operation == Operation::equal ? 1 : 0);
  if (!equality && is_positive(difference)) return constant(1);
  if (!equality && is_positive(other)) return constant(0);
  if (operation == Operation::less && is_nonnegative(other)) return constant(0);
  if (operation == Operation::less_equal && is_nonnegative(difference)) return constant(1);
  return call(operation, {a, b});
}

/// `and` (deciding 0) and `or` (deciding 1): without what decides nothing.
Form decided(Operation operation, Operands x) {
  const int deciding = operation == Operation::any_of ? 1 : 0;
  std::vector<Form> open;
  for (const Form& f : x) {
    if (is_number(f, deciding)) return f;
    if (!f.is_constant()) open.push_back(f);
  }
  if (open.empty()) return constant(1 - deciding);
  return open.size() == 1 ? open[0] : call(operation, std::move(open));
}

Form chosen(const Form& condition, const Form& value, const Form& otherwise) {
  if (is_number(condition, 1) || value == otherwise) return value;
  return is_number(condition, 0) ? otherwise : call(Operation::where, {condition, value, otherwise});
}

Form first_that_holds(Operands x) {
  std::vector<Form> open;
  for (; !x.empty(); x = x.subspan(2)) {
    if (is_number(x[1], 0)) continue;
    open.insert(open.end(), {x[0], x[1]});
    if (is_number(x[1], 1)) break;
  }
  if (open.empty()) return unknown();
  if (is_number(open[1], 1)) return open[0];
  if (open.size() == 4 && is_number(open[3], 1)) return chosen(open[1], open[0], open[2]);
  return call(Operation::piecewise, std::move(open));
}

Form two_to(const Form& bits) {
  const Form two = constant(2);
  return bits.is_constant() ? folded(Operation::power, std::vector{two, bits}) : raised(two, bits);
}

Form conditional(Operation operation, Operands x) {
  switch (operation) {
    case Operation::where:
      return chosen(x[0], x[1], x[2]);
    case Operation::piecewise:
      return first_that_holds(x);
    case Operation::greater:
      return compared(Operation::less, x[1], x[0]);
    case Operation::greater_equal:
      return compared(Operation::less_equal, x[1], x[0]);
    case Operation::less:
    case Operation::less_equal:
    case Operation::equal:
    case Operation::not_equal:
      return compared(operation, x[0], x[1]);
    case Operation::all_of:
    case Operation::any_of:
      return decided(operation, x);
    case Operation::shift_left:
      return multiply(x[0], two_to(x[1]));
    case Operation::shift_right:
      return floor(divide(x[0], two_to(x[1])));
    default:
      return call(operation, {x.begin(), x.end()});
  }
}

Form rounding(Operation operation, Operands x) {
  switch (operation) {
    case Operation::identity:
      return x[0];
    case Operation::floor:
      return floor(x[0]);
    case Operation::ceil:
      return ceil(x[0]);
    case Operation::truncate:
      return truncated(x[0]);
    case Operation::round:
      return rounded(x[0]);
    case Operation::absolute:
      return magnitude(x[0]);
    case Operation::maximum:
    case Operation::minimum:
      return extreme(operation, x);
    default:
      return conditional(operation, x);
  }
}

}  // namespace

Form apply(Operation operation, Operands x, std::string_view name) {
  if (!std::ranges::all_of(x, &Form::known)) return unknown();
  if (operation == Operation::foreign) return call(Operation::foreign, {x.begin(), x.end()}, name);
  if (std::ranges::all_of(x, &Form::is_constant)) return folded(operation, x);
  switch (operation) {
    case Operation::add:
      return add(x[0], x[1]);
    case Operation::subtract:
      return subtract(x[0], x[1]);
    case Operation::multiply:
      return multiply(x[0], x[1]);
    case Operation::divide:
      return divide(x[0], x[1]);
    case Operation::floor_divide:
      return floor(divide(x[0], x[1]));
    case Operation::ceil_divide:
      return ceil(divide(x[0], x[1]));
    case Operation::modulo:
      return modulo(x[0], x[1]);
    case Operation::modular_index:
      return modulo(floor(divide(x[0], x[1])), x[2]);
    case Operation::power:
      return raised(x[0], x[1]);
    case Operation::negate:
      return scale(x[0], -1);
    default:
      return rounding(operation, x);
  }
}

}  // namespace alidade::form
