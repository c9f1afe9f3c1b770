// Operators on the bits of integers and booleans.
#include "elementwise.hpp"

namespace alidade::infer {
namespace {

template <class F>
Value on_bits(const Literal& a, const Literal& b, F&& f) {
  if (is_floating(a.dtype)) return std::nullopt;
  return elementwise(a, b, a.dtype, [&](Dtype dtype, Number x, Number y) {
    return x.is_number() && y.is_number() ? numbers::wrapped(dtype, f(x.whole, y.whole)) : Number();
  });
}
bool is_shift(std::int64_t by) { return by >= 0 && by < 64; }

}  // namespace

Value bitwise_and(Sizes&, const Literal& a, const Literal& b) {
  return on_bits(a, b, [](std::int64_t x, std::int64_t y) { return x & y; });
}
Value bitwise_or(Sizes&, const Literal& a, const Literal& b) {
  return on_bits(a, b, [](std::int64_t x, std::int64_t y) { return x | y; });
}
Value bitwise_xor(Sizes&, const Literal& a, const Literal& b) {
  return on_bits(a, b, [](std::int64_t x, std::int64_t y) { return x ^ y; });
}
Value bitwise_not(Sizes&, const Literal& x) {
  if (is_floating(x.dtype)) return std::nullopt;
  return each_element(x, x.dtype, [](Dtype dtype, Number n) {
    if (dtype == Dtype::boolean) return n.is_number() ? Number::of(1 - n.whole) : Number();
    return n.is_number() ? numbers::wrapped(dtype, ~n.whole) : Number();
  });
}
Value shift_left(Sizes&, const Literal& a, const Literal& b) {
  return on_bits(a, b, [](std::int64_t x, std::int64_t by) {
    return is_shift(by) ? static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << by) : 0;
  });
}
Value shift_right(Sizes&, const Literal& a, const Literal& b) {
  return on_bits(a, b, [](std::int64_t x, std::int64_t by) {
    return is_shift(by) ? x >> by : x < 0 ? -1 : 0;
  });
}

}  // namespace alidade::infer
