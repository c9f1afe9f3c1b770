// Rounding, ranges and fractions.
#include "numbers.hpp"

#include <cmath>
#include <numeric>

namespace alidade::infer::numbers {
namespace {

constexpr double kMostBelow = 1 << 20;         // denominators of reals that meet symbols
constexpr double kWhole = 9007199254740992.0;  // 2^53

/// The nearest number of `digits` binary digits whose last one is worth 2^least or more.
double nearest(double x, int digits, int least, double most) {
  if (!std::isfinite(x) || x == 0) return x;
  int exponent = 0;
  std::frexp(x, &exponent);
  const int last = std::max(exponent - digits, least);
  const double out = std::ldexp(std::nearbyint(std::ldexp(x, -last)), last);
  return std::abs(out) > most ? std::copysign(INFINITY, x) : out;
}

bool is_signed(Dtype d) { return d >= Dtype::i2 && d <= Dtype::i64; }

}  // namespace

double rounded(Dtype dtype, double x) {
  switch (dtype) {
    case Dtype::f32:
      return static_cast<double>(static_cast<float>(x));
    case Dtype::f16:
      return nearest(x, 11, -24, 65504);
    case Dtype::bf16:
      return nearest(x, 8, -133, 3.3895313892515355e38);
    default:
      return x;
  }
}
Number real(Dtype dtype, double x) { return Number::of_real(rounded(dtype, x)); }
Number one_or_zero(bool yes) { return Number::of(yes ? 1 : 0); }

bool is_plain(Dtype dtype) {
  return dtype == Dtype::boolean || is_integer(dtype) || (dtype >= Dtype::f16 && dtype <= Dtype::f64);
}

Number wrapped(Dtype dtype, std::int64_t n) {
  const int width = bits(dtype);
  if (dtype == Dtype::boolean) return one_or_zero(n != 0);
  if (width >= 64) return dtype == Dtype::u64 && n < 0 ? Number() : Number::of(n);
  const auto up = static_cast<std::uint64_t>(n) << (64 - width);
  return Number::of(is_signed(dtype) ? static_cast<std::int64_t>(up) >> (64 - width)
                                     : static_cast<std::int64_t>(up >> (64 - width)));
}
Number fitting(Dtype dtype, Number n) { return n.is_number() && wrapped(dtype, n.whole) != n ? Number() : n; }

Fraction fraction(Number n) {
  if (n.is_symbol()) return {Number::of(n.size), n.over.is_unknown() ? Number::of(1) : Number::of(n.over)};
  if (!n.is_number() || !std::isfinite(n.real)) return {};
  double above = n.real, below = 1;
  while (above != std::floor(above) && below < kMostBelow) above *= 2, below *= 2;
  if (above != std::floor(above) || std::abs(above) > kWhole) return {};
  return {Number::of(static_cast<std::int64_t>(above)), Number::of(static_cast<std::int64_t>(below))};
}

Number as_real(Sizes& sizes, Fraction f) {
  if (!f.is_known() || f.below.is(0)) return {};
  if (f.below.is_number() && f.below.whole < 0)
    f = {sizes.subtract(Number::of(0), f.above), sizes.subtract(Number::of(0), f.below)};
  if (!f.is_known()) return {};
  if (f.above.is_number() && f.below.is_number())
    return Number::of_real(static_cast<double>(f.above.whole) / static_cast<double>(f.below.whole));
  if (const Number whole = sizes.exact_quotient(f.above, f.below); !whole.is_unknown())
    return whole.is_number() ? Number::of_real(static_cast<double>(whole.whole)) : whole;
  const Dim above = f.above.as_dim(), below = f.below.as_dim();
  return above.is_unknown() ? Number() : Number{Number::Kind::symbol, 0, 0, above, below};
}

}  // namespace alidade::infer::numbers
