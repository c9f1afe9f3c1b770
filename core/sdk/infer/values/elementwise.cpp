// Operators on two tensors, element by element.
#include "elementwise.hpp"

namespace alidade::infer {
namespace {

using OfTwo = Number (*)(Sizes&, Dtype, Number, Number);
Value by(Sizes& sizes, const Literal& a, const Literal& b, OfTwo f) {
  return elementwise(a, b, a.dtype, [&](Dtype dtype, Number x, Number y) { return f(sizes, dtype, x, y); });
}

}  // namespace

Value add(Sizes& sizes, const Literal& a, const Literal& b) { return by(sizes, a, b, numbers::add); }
Value subtract(Sizes& sizes, const Literal& a, const Literal& b) {
  return by(sizes, a, b, numbers::subtract);
}
Value multiply(Sizes& sizes, const Literal& a, const Literal& b) {
  return by(sizes, a, b, numbers::multiply);
}
Value divide(Sizes& sizes, const Literal& a, const Literal& b) { return by(sizes, a, b, numbers::divide); }
Value floor_divide(Sizes& sizes, const Literal& a, const Literal& b) {
  return by(sizes, a, b, numbers::floor_divide);
}
Value modulo(Sizes& sizes, const Literal& a, const Literal& b) { return by(sizes, a, b, numbers::modulo); }
Value remainder(Sizes& sizes, const Literal& a, const Literal& b) {
  return by(sizes, a, b, numbers::remainder);
}
Value minimum(Sizes& sizes, const Literal& a, const Literal& b) { return by(sizes, a, b, numbers::minimum); }
Value maximum(Sizes& sizes, const Literal& a, const Literal& b) { return by(sizes, a, b, numbers::maximum); }

Value power(Sizes& sizes, const Literal& a, const Literal& b) {
  if (a.dtype == b.dtype) return by(sizes, a, b, numbers::power);
  if (is_floating(a.dtype)) {  // ONNX lets exponents have a type of their own
    const auto exponents = cast(sizes, b, a.dtype);
    return exponents ? by(sizes, a, *exponents, numbers::power) : std::nullopt;
  }
  const auto wide_a = cast(sizes, a, Dtype::f64), wide_b = cast(sizes, b, Dtype::f64);
  const auto out = wide_a && wide_b ? by(sizes, *wide_a, *wide_b, numbers::power) : std::nullopt;
  return out ? cast(sizes, *out, a.dtype) : std::nullopt;
}

Value from_left(Sizes& sizes, BinaryValue operation, Operands operands) {
  if (operands.empty()) return std::nullopt;
  Value out = *operands[0];
  for (const auto* next : operands.subspan(1)) {
    if (!out) return out;
    out = operation(sizes, *out, *next);
  }
  return out;
}

Value where(Sizes&, const Literal& condition, const Literal& x, const Literal& y) {
  const auto branches = broadcast_dims(x.dims, y.dims);
  const auto dims = branches ? broadcast_dims(condition.dims, *branches) : std::nullopt;
  if (!dims || x.dtype != y.dtype || condition.dtype != Dtype::boolean) return std::nullopt;
  Value out = blank(x.dtype, *dims);
  if (!out) return out;
  const Dims c = broadcast_strides(condition.dims, dims->size()), a = broadcast_strides(x.dims, dims->size()),
             b = broadcast_strides(y.dims, dims->size());
  each_place(out->dims, out->elements.size(), [&](Place place, std::size_t n) {
    const Number &chosen = condition.elements[count(dot(place, c))], &yes = x.elements[count(dot(place, a))],
                 &no = y.elements[count(dot(place, b))];
    if (chosen.is_number())
      out->elements[n] = chosen.whole != 0 ? yes : no;
    else if (yes == no)
      out->elements[n] = yes;
  });
  return out;
}

}  // namespace alidade::infer
