// Sums, products and quotients of two elements.
#include <cmath>
#include <numeric>

#include "numbers.hpp"

namespace alidade::infer::numbers {
namespace {

/// Reals by `known` where both are numbers, else as fractions by `symbolic`.
template <class Known, class Symbolic>
Number reals(Sizes& sizes, Dtype dtype, Number a, Number b, Known&& known, Symbolic&& symbolic) {
  if (a.is_unknown() || b.is_unknown()) return {};
  if (a.is_number() && b.is_number()) return real(dtype, known(a.real, b.real));
  const Fraction x = fraction(a), y = fraction(b);
  if (!x.is_known() || !y.is_known()) return {};
  return as_real(sizes, symbolic(x, y));
}

/// Both without their common factor.
void cancel(Number& a, Number& b) {
  if (a.is_symbol() && a == b) a = b = Number::of(1);
  if (!a.is_number() || !b.is_number() || a.is(0) || b.is(0)) return;
  const auto common = std::gcd(a.whole, b.whole);
  a = Number::of(a.whole / common), b = Number::of(b.whole / common);
}
Fraction times(Sizes& sizes, Fraction a, Fraction b) {
  cancel(a.above, b.below), cancel(b.above, a.below);
  return {sizes.multiply(a.above, b.above), sizes.multiply(a.below, b.below)};
}
/// What `of` makes of both over one denominator.
template <class F>
Fraction over_one(Sizes& sizes, const Fraction& a, const Fraction& b, F&& of) {
  if (a.below == b.below) return {of(a.above, b.above), a.below};
  return {of(sizes.multiply(a.above, b.below), sizes.multiply(b.above, a.below)),
          sizes.multiply(a.below, b.below)};
}
bool above_zero(Sizes& sizes, const Fraction& f) { return sizes.at_least(f.below, 0); }

Number whole_power(Sizes& sizes, Dtype dtype, Number a, std::int64_t exponent) {
  Number out = dtype == Dtype::boolean || !is_floating(dtype) ? Number::of(1) : Number::of_real(1);
  if (a.is(1) && !is_floating(dtype)) return a;
  for (std::int64_t i = 0; i < exponent; ++i) out = multiply(sizes, dtype, out, a);
  return out;
}

}  // namespace

Number add(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (!is_floating(dtype)) return fitting(dtype, sizes.add(a, b));
  return reals(
      sizes, dtype, a, b, [](double x, double y) { return x + y; },
      [&](const Fraction& x, const Fraction& y) {
        return over_one(sizes, x, y, [&](Number p, Number q) { return sizes.add(p, q); });
      });
}
Number subtract(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (!is_floating(dtype)) return fitting(dtype, sizes.subtract(a, b));
  return reals(
      sizes, dtype, a, b, [](double x, double y) { return x - y; },
      [&](const Fraction& x, const Fraction& y) {
        return over_one(sizes, x, y, [&](Number p, Number q) { return sizes.subtract(p, q); });
      });
}
Number multiply(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (!is_floating(dtype)) return fitting(dtype, sizes.multiply(a, b));
  return reals(
      sizes, dtype, a, b, [](double x, double y) { return x * y; },
      [&](const Fraction& x, const Fraction& y) { return times(sizes, x, y); });
}
Number divide(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (!is_floating(dtype)) return fitting(dtype, sizes.truncated_quotient(a, b));
  return reals(
      sizes, dtype, a, b, [](double x, double y) { return x / y; },
      [&](const Fraction& x, const Fraction& y) { return times(sizes, x, {y.below, y.above}); });
}

Number floor_divide(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (is_floating(dtype)) {
    const Number q = divide(sizes, dtype, a, b);
    if (q.is_number()) return real(dtype, std::floor(q.real));
    const Fraction f = fraction(q);
    return f.is_known() && above_zero(sizes, f) ? sizes.floor_divide(f.above, f.below) : Number();
  }
  if (b.is_number() && b.whole < 0)
    a = sizes.subtract(Number::of(0), a), b = sizes.subtract(Number::of(0), b);
  return b.is(0) ? Number() : fitting(dtype, sizes.floor_divide(a, b));
}

Number modulo(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (is_floating(dtype))
    return reals(
        sizes, dtype, a, b,
        [](double x, double y) {
          const double r = std::fmod(x, y);
          return r != 0 && (r < 0) != (y < 0) ? r + y : r;
        },
        [](const Fraction&, const Fraction&) { return Fraction(); });
  if (!b.is_number() || b.whole > 0) return sizes.remainder(a, b);
  const Number rest = sizes.remainder(sizes.subtract(Number::of(0), a), sizes.subtract(Number::of(0), b));
  return sizes.subtract(Number::of(0), rest);
}

Number remainder(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (is_floating(dtype))
    return reals(
        sizes, dtype, a, b, [](double x, double y) { return std::fmod(x, y); },
        [](const Fraction&, const Fraction&) { return Fraction(); });
  if (b.is(-1)) return Number::of(0);
  if (a.is_number() && b.is_number()) return b.is(0) ? Number() : Number::of(a.whole % b.whole);
  const Number size = b.is_number() && b.whole < 0 ? sizes.subtract(Number::of(0), b) : b;
  return sizes.at_least(a, 0) && sizes.at_least(size, 0) ? sizes.remainder(a, size) : Number();
}

Number power(Sizes& sizes, Dtype dtype, Number a, Number b) {
  constexpr std::int64_t kMost = 64;
  if (is_floating(dtype)) {
    if (a.is_number() && b.is_number()) return real(dtype, std::pow(a.real, b.real));
    if (!b.is_number() || b.real != std::floor(b.real) || b.real < 0 || b.real > 8) return {};
    return whole_power(sizes, dtype, a, static_cast<std::int64_t>(b.real));
  }
  if (a.is(1)) return a;
  return b.is_number() && b.whole >= 0 && b.whole <= kMost ? whole_power(sizes, dtype, a, b.whole) : Number();
}

Number minimum(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (!is_floating(dtype)) return sizes.minimum(a, b);
  return reals(
      sizes, dtype, a, b, [](double x, double y) { return std::isnan(x) || x < y ? x : y; },
      [&](const Fraction& x, const Fraction& y) {
        if (!above_zero(sizes, x) || !above_zero(sizes, y)) return Fraction();
        return over_one(sizes, x, y, [&](Number p, Number q) { return sizes.minimum(p, q); });
      });
}
Number maximum(Sizes& sizes, Dtype dtype, Number a, Number b) {
  if (!is_floating(dtype)) return sizes.maximum(a, b);
  return reals(
      sizes, dtype, a, b, [](double x, double y) { return std::isnan(x) || x > y ? x : y; },
      [&](const Fraction& x, const Fraction& y) {
        if (!above_zero(sizes, x) || !above_zero(sizes, y)) return Fraction();
        return over_one(sizes, x, y, [&](Number p, Number q) { return sizes.maximum(p, q); });
      });
}

}  // namespace alidade::infer::numbers
