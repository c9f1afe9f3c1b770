// Operators on one tensor, element by element.
#include <cmath>

#include "elementwise.hpp"

namespace alidade::infer {
namespace {

/// Numbers only: `whole` on integers, `real_of` on reals; a symbol becomes what `symbolic` makes of it.
template <class Whole, class Real, class Symbol>
Value mapped(const Literal& x, Whole&& whole, Real&& real_of, Symbol&& symbolic) {
  return each_element(x, x.dtype, [&](Dtype dtype, Number n) -> Number {
    if (n.is_symbol()) return symbolic(n);
    if (n.is_unknown()) return {};
    return is_floating(dtype) ? numbers::real(dtype, real_of(n.real))
                              : numbers::fitting(dtype, whole(n.whole));
  });
}
Value reals_only(const Literal& x, double (*f)(double)) {
  if (!is_floating(x.dtype)) return std::nullopt;
  return mapped(x, [](std::int64_t) { return Number(); }, f, [](Number) { return Number(); });
}

enum class Step : std::uint8_t { down, up, to_zero };
/// A whole number beside a real one; integers are whole already.
Value whole(Sizes& sizes, const Literal& x, double (*f)(double), Step step) {
  return mapped(
      x, [](std::int64_t n) { return Number::of(n); }, f,
      [&](Number n) -> Number {
        if (!x.is_floating()) return n;
        const auto q = numbers::fraction(n);
        if (!q.is_known() || q.below.is(1)) return q.above;
        const bool sure = sizes.at_least(q.below, 0) && (step != Step::to_zero || sizes.at_least(q.above, 0));
        if (!sure) return {};
        const Number made =
            step == Step::up ? sizes.ceil_divide(q.above, q.below) : sizes.floor_divide(q.above, q.below);
        return made.is_number() ? Number::of_real(static_cast<double>(made.whole)) : made;
      });
}
Number zero(const Literal& x) { return x.is_floating() ? Number::of_real(0) : Number::of(0); }

double sign_of(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }
Value asked(const Literal& x, bool (*f)(double)) {
  if (!is_floating(x.dtype)) return std::nullopt;
  return each_element(x, Dtype::boolean, [&](Dtype, Number n) {
    return n.is_unknown() ? Number() : numbers::one_or_zero(n.is_number() && f(n.real));
  });
}

}  // namespace

Value negative(Sizes& sizes, const Literal& x) {
  return mapped(
      x, [&](std::int64_t n) { return sizes.subtract(Number::of(0), Number::of(n)); },
      [](double r) { return -r; }, [&](Number n) { return numbers::subtract(sizes, x.dtype, zero(x), n); });
}
Value absolute(Sizes& sizes, const Literal& x) {
  return mapped(
      x, [](std::int64_t n) { return n == INT64_MIN ? Number() : Number::of(n < 0 ? -n : n); },
      [](double r) { return std::abs(r); },
      [&](Number n) {
        const auto q = numbers::fraction(n);
        if (sizes.at_least(q.above, 0) && sizes.at_least(q.below, 0)) return n;
        return numbers::maximum(sizes, x.dtype, n, numbers::subtract(sizes, x.dtype, zero(x), n));
      });
}
Value sign(Sizes& sizes, const Literal& x) {
  return mapped(
      x, [](std::int64_t n) { return Number::of((n > 0) - (n < 0)); }, sign_of,
      [&](Number n) -> Number {
        const auto q = numbers::fraction(n);
        if (!sizes.at_least(q.above, 1) || !sizes.at_least(q.below, 0)) return {};
        return x.is_floating() ? Number::of_real(1) : Number::of(1);
      });
}
Value floor(Sizes& sizes, const Literal& x) {
  return whole(sizes, x, [](double r) { return std::floor(r); }, Step::down);
}
Value ceil(Sizes& sizes, const Literal& x) {
  return whole(sizes, x, [](double r) { return std::ceil(r); }, Step::up);
}
Value truncate(Sizes& sizes, const Literal& x) {
  return whole(sizes, x, [](double r) { return std::trunc(r); }, Step::to_zero);
}
Value round(Sizes&, const Literal& x) {
  return mapped(
      x, [](std::int64_t n) { return Number::of(n); }, [](double r) { return std::nearbyint(r); },
      [&](Number n) { return !x.is_floating() || numbers::fraction(n).below.is(1) ? n : Number(); });
}
Value sqrt(Sizes&, const Literal& x) {
  return reals_only(x, [](double r) { return std::sqrt(r); });
}
Value exp(Sizes&, const Literal& x) {
  return reals_only(x, [](double r) { return std::exp(r); });
}
Value log(Sizes&, const Literal& x) {
  return reals_only(x, [](double r) { return std::log(r); });
}
Value reciprocal(Sizes& sizes, const Literal& x) {
  if (!is_floating(x.dtype)) return std::nullopt;
  return each_element(x, x.dtype, [&](Dtype dtype, Number n) {
    return numbers::divide(sizes, dtype, Number::of_real(1), n);
  });
}
Value is_nan(Sizes&, const Literal& x) {
  return asked(x, [](double r) { return std::isnan(r); });
}
Value is_inf(Sizes&, const Literal& x) {
  return asked(x, [](double r) { return std::isinf(r); });
}

}  // namespace alidade::infer
