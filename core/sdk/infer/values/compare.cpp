// Comparisons and logic: what is certain where sizes or conditions are not known.
#include "elementwise.hpp"

namespace alidade::infer {
namespace numbers {
namespace {

/// Whole numbers are compared as sizes: they, and symbols.
Number as_size(Number real) {
  const Fraction f = fraction(real);
  return f.below.is(1) ? f.above : Number();
}

bool is_less(Sizes& sizes, Number a, Number b) {
  if (a.is_number() && b.is_number()) return a.whole < b.whole;
  return sizes.at_least(sizes.subtract(b, a), 1);
}
bool is_not_less(Sizes& sizes, Number a, Number b) {
  if (a.is_number() && b.is_number()) return a.whole >= b.whole;
  return sizes.at_least(sizes.subtract(a, b), 0);
}

}  // namespace

Number less(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (is_floating(dtype)) {
    if (a.is_number() && b.is_number()) return one_or_zero(a.real < b.real);
    a = as_size(a), b = as_size(b);
  }
  if (is_less(sizes, a, b)) return Number::of(1);
  return is_not_less(sizes, a, b) ? Number::of(0) : Number();
}

Number either(Number a, Number b, std::int64_t decisive) {
  if (a.is(decisive) || b.is(decisive)) return Number::of(decisive);
  return a.is_number() && b.is_number() ? Number::of(1 - decisive) : Number();
}

Number equal(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (a.is_unknown() || b.is_unknown()) return {};
  if (a.is_number() && b.is_number())
    return one_or_zero(is_floating(dtype) ? a.real == b.real : a.whole == b.whole);
  if (a == b) return Number::of(1);
  if (is_floating(dtype)) a = as_size(a), b = as_size(b);
  const auto same = sizes.equal(a, b);
  return same ? one_or_zero(*same) : Number();
}

}  // namespace numbers

namespace {

Number opposite(Number n) { return n.is_number() ? numbers::one_or_zero(n.whole == 0) : Number(); }

/// A decision on pairs of elements, or their opposite.
Value decided(Sizes& sizes, const Literal& a, const Literal& b, Number (*f)(Sizes&, Dtype, Number, Number),
              bool negated = false) {
  return elementwise(a, b, Dtype::boolean, [&](Dtype dtype, Number x, Number y) {
    const Number n = f(sizes, dtype, x, y);
    return negated ? opposite(n) : n;
  });
}
Number at_most(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (is_floating(dtype) && a.is_number() && b.is_number()) return numbers::one_or_zero(a.real <= b.real);
  return opposite(numbers::less(sizes, dtype, b, a));
}

template <class F>
Value logical(const Literal& a, const Literal& b, F&& f) {
  if (a.dtype != Dtype::boolean) return std::nullopt;
  return elementwise(a, b, Dtype::boolean, [&](Dtype, Number x, Number y) { return f(x, y); });
}

}  // namespace

Value equal(Sizes& sizes, const Literal& a, const Literal& b) { return decided(sizes, a, b, numbers::equal); }
Value not_equal(Sizes& sizes, const Literal& a, const Literal& b) {
  return decided(sizes, a, b, numbers::equal, true);
}
Value less(Sizes& sizes, const Literal& a, const Literal& b) { return decided(sizes, a, b, numbers::less); }
Value greater(Sizes& sizes, const Literal& a, const Literal& b) { return less(sizes, b, a); }
Value less_or_equal(Sizes& sizes, const Literal& a, const Literal& b) {
  return decided(sizes, a, b, at_most);
}
Value greater_or_equal(Sizes& sizes, const Literal& a, const Literal& b) {
  return less_or_equal(sizes, b, a);
}

Value logical_and(Sizes&, const Literal& a, const Literal& b) {
  return logical(a, b, [](Number x, Number y) { return numbers::either(x, y, 0); });
}
Value logical_or(Sizes&, const Literal& a, const Literal& b) {
  return logical(a, b, [](Number x, Number y) { return numbers::either(x, y, 1); });
}
Value logical_xor(Sizes& sizes, const Literal& a, const Literal& b) {
  return a.dtype == Dtype::boolean ? not_equal(sizes, a, b) : std::nullopt;
}
Value logical_not(Sizes&, const Literal& x) {
  return each_element(x, Dtype::boolean, [](Dtype, Number n) { return opposite(n); });
}

}  // namespace alidade::infer
