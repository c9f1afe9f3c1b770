// From one element type to another.
#include <cmath>

#include "numbers.hpp"

namespace alidade::infer {
namespace numbers {
namespace {

constexpr int kSizeBits = 32;  // of integers that hold every size

/// Toward zero, and no further than the type goes.
Number cut(Dtype to, double x) {
  if (std::isnan(x)) return {};
  if (to == Dtype::boolean) return one_or_zero(x != 0);
  const bool is_signed = to >= Dtype::i2 && to <= Dtype::i64;
  const int digits = bits(to) - (is_signed ? 1 : 0);
  const double above = std::ldexp(1.0, digits), whole = std::trunc(x);
  if (whole >= above)
    return digits > 63 ? Number() : Number::of(static_cast<std::int64_t>((std::uint64_t{1} << digits) - 1));
  if (!is_signed && whole < 0) return Number::of(0);
  if (is_signed && whole < -above)
    return Number::of(-static_cast<std::int64_t>(std::uint64_t{1} << (digits - 1)) * 2);
  return whole >= std::ldexp(1.0, 63) ? Number() : Number::of(static_cast<std::int64_t>(whole));
}

Number cut_symbol(Sizes& sizes, Dtype to, Number n) {
  const Fraction f = fraction(n);
  if (!f.is_known()) return {};
  if (to == Dtype::boolean) return sizes.at_least(f.above, 1) ? Number::of(1) : Number();
  if (bits(to) < kSizeBits) return {};
  if (f.below.is(1)) return f.above;
  return sizes.at_least(f.above, 0) && sizes.at_least(f.below, 0) ? sizes.floor_divide(f.above, f.below)
                                                                  : Number();
}

}  // namespace

Number cast(Sizes& sizes, Dtype from, Dtype to, Number n) {
  if (n.is_unknown() || from == to) return n;
  if (is_floating(to)) {
    if (n.is_symbol()) return bits(to) >= kSizeBits ? n : Number();
    return real(to, is_floating(from) ? n.real : static_cast<double>(n.whole));
  }
  if (n.is_symbol()) return cut_symbol(sizes, to, n);
  return is_floating(from) ? cut(to, n.real) : wrapped(to, n.whole);
}

}  // namespace numbers

Value cast(Sizes& sizes, const Literal& x, Dtype to) {
  if (!numbers::is_plain(x.dtype) || !numbers::is_plain(to)) return std::nullopt;
  Value out = x;
  out->dtype = to;
  for (auto& e : out->elements) e = numbers::cast(sizes, x.dtype, to, e);
  return out;
}

}  // namespace alidade::infer
