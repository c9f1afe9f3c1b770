// Windows that slide: convolutions and pools.
#include <string>

#include "alidade/infer/shapes.hpp"

namespace alidade::infer {
namespace {

std::int64_t entry(const Spatial& s, std::size_t d, std::int64_t unless_stated) {
  return d < static_cast<std::size_t>(s.rank) ? s[d] : unless_stated;
}

/// One dimension that a window moves along.
struct Slide {
  Number in, window;
  std::int64_t stride = 1, dilation = 1, begin = 0, end = 0, more = 0;
};

/// Elements from the first to the last that one place of the window covers.
Number reach(Sizes& sizes, const Slide& s) {
  return sizes.add(sizes.multiply(sizes.subtract(s.window, Number::of(1)), Number::of(s.dilation)),
                   Number::of(1));
}

/// Places of the window. With `ceil` one more where a part of a stride is left, unless it began behind the
/// data.
Number places(Sizes& sizes, const Slide& s, Padding padding, bool ceil) {
  const Number stride = Number::of(s.stride);
  if (padding == Padding::same) return sizes.ceil_divide(s.in, stride);
  const Number padded = sizes.add(s.in, sizes.add(Number::of(s.begin), Number::of(s.end)));
  const Number room = sizes.subtract(padded, reach(sizes, s));
  const Number one = Number::of(1);
  if (!ceil) return sizes.add(sizes.floor_divide(room, stride), one);
  const Number most = sizes.add(sizes.ceil_divide(room, stride), one);
  const Number starts_inside = sizes.ceil_divide(sizes.add(s.in, Number::of(s.begin)), stride);
  return sizes.minimum(most, starts_inside);
}

Number places_back(Sizes& sizes, const Slide& s, Padding padding) {
  const Number stride = Number::of(s.stride);
  if (padding == Padding::same) return sizes.multiply(s.in, stride);
  const Number spread = sizes.multiply(sizes.subtract(s.in, Number::of(1)), stride);
  const Number pads = sizes.add(Number::of(s.begin), Number::of(s.end));
  return sizes.add(sizes.subtract(sizes.add(spread, reach(sizes, s)), pads), Number::of(s.more));
}

std::unexpected<Error> no_place(Sizes& sizes, std::size_t dimension, const Slide& s) {
  const auto text = [&](Number n) {
    return n.is_number() ? std::to_string(n.whole) : std::string(sizes.expression(n.size));
  };
  return fail(Fault::model, "a window of " + text(s.window) + " does not fit into the " + text(s.in) +
                                " of dimension " + std::to_string(dimension) + " and its padding");
}

template <class Attrs>
Slide slide(const Attrs& a, std::size_t d, Dim in, Number window) {
  return {Number::of(in),
          window,
          entry(a.strides, d, 1),
          entry(a.dilations, d, 1),
          entry(a.pads_begin, d, 0),
          entry(a.pads_end, d, 0)};
}

Number size_at(const Shape& shape, std::size_t d) {
  return shape && d < shape->size() ? Number::of((*shape)[d]) : Number();
}

/// x with the channels of the result, its spatial dimensions still to come; nothing where the ranks are
/// unknown. The weight takes `taken` channels.
Result<Shape> convolved(const Shape& x, const Shape& weight, Number taken, Number channels) {
  if (!x) return Shape();
  if (x->size() < 3)
    return fail(Fault::model, "a convolution works on 3 dimensions and more, and its operand has " +
                                  std::to_string(x->size()));
  if (weight && weight->size() != x->size())
    return fail(Fault::model, "an operand of " + std::to_string(x->size()) +
                                  " dimensions meets a weight of " + std::to_string(weight->size()));
  if ((*x)[1].is_known() && taken.is_number() && taken.whole != (*x)[1].size())
    return fail(Fault::model, "an operand of " + std::to_string((*x)[1].size()) +
                                  " channels meets a weight that takes " + std::to_string(taken.whole));
  std::vector<Dim> out = *x;
  out[1] = channels.as_dim();
  return out;
}

}  // namespace

Result<Shape> conv(Sizes& sizes, const Shape& x, const Shape& weight, const ConvAttrs& attrs,
                   Padding padding) {
  const Number taken = sizes.multiply(size_at(weight, 1), Number::of(attrs.groups));
  auto out = convolved(x, weight, taken, size_at(weight, 0));
  if (!out || !*out) return out;
  for (std::size_t i = 2; i < x->size(); ++i) {
    const Slide s = slide(attrs, i - 2, (*x)[i], weight ? Number::of((*weight)[i]) : Number());
    const Number made = places(sizes, s, padding, false);
    if (made.is_number() && made.whole < 0) return no_place(sizes, i, s);
    (**out)[i] = made.as_dim();
  }
  return out;
}

Result<Shape> conv_transpose(Sizes& sizes, const Shape& x, const Shape& weight, const ConvAttrs& attrs,
                             Padding padding) {
  const Number channels = sizes.multiply(size_at(weight, 1), Number::of(attrs.groups));
  auto out = convolved(x, weight, size_at(weight, 0), channels);
  if (!out || !*out) return out;
  for (std::size_t i = 2; i < x->size(); ++i) {
    Slide s = slide(attrs, i - 2, (*x)[i], weight ? Number::of((*weight)[i]) : Number());
    s.more = entry(attrs.output_padding, i - 2, 0);
    const Number made = places_back(sizes, s, padding);
    if (made.is_number() && made.whole < 0) return no_place(sizes, i, s);
    (**out)[i] = made.as_dim();
  }
  return out;
}

Result<Shape> pool(Sizes& sizes, const Shape& x, const PoolAttrs& attrs, Padding padding) {
  if (!x) return Shape();
  const auto spatial = static_cast<std::size_t>(attrs.kernel.rank);
  if (x->size() < spatial)
    return fail(Fault::model, "a window over " + std::to_string(spatial) +
                                  " dimensions meets an operand of " + std::to_string(x->size()));
  std::vector<Dim> out = *x;
  for (std::size_t d = 0; d < spatial; ++d) {
    const std::size_t i = x->size() - spatial + d;
    const Slide s = slide(attrs, d, (*x)[i], Number::of(attrs.kernel[d]));
    const Number made = places(sizes, s, padding, attrs.ceil_mode != 0);
    if (made.is_number() && made.whole < 0) return no_place(sizes, i, s);
    out[i] = made.as_dim();
  }
  return out;
}

Shape adaptive_pool(const Shape& x, std::span<const Dim> sizes_out) {
  if (!x || x->size() < sizes_out.size()) return std::nullopt;
  std::vector<Dim> out = *x;
  std::copy(sizes_out.begin(), sizes_out.end(), out.end() - static_cast<std::ptrdiff_t>(sizes_out.size()));
  return out;
}

}  // namespace alidade::infer
