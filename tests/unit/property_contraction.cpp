// Convolutions and matrix products, one multiplication after the other.
#include "property.hpp"

namespace alidade::properties {
namespace {

struct Window {
  Shape kernel, stride, dilation, begin, end;

  explicit Window(Trial& t) {
    for (auto d = t.dice.roll(1, 3); d > 0; --d) {
      kernel.push_back(t.dice.roll(1, 3)), stride.push_back(t.dice.roll(1, 3));
      dilation.push_back(t.dice.roll(1, 2));
      begin.push_back(t.dice.roll(0, 2)), end.push_back(t.dice.roll(0, 2));
    }
  }
  [[nodiscard]] std::int64_t reach(std::size_t d) const { return dilation[d] * (kernel[d] - 1) + 1; }

  /// "same": as many results as strides begin within the input, what is missing padded, the odd one behind.
  Shape pad_same(const Shape& in) {
    Shape out;
    for (std::size_t d = 0; d < in.size(); ++d) {
      out.push_back(0);
      std::int64_t last = 0;
      for (std::int64_t at = 0; at < in[d]; at += stride[d]) ++out.back(), last = at;
      const auto missing = std::max<std::int64_t>(0, last + reach(d) - in[d]);
      begin[d] = missing / 2, end[d] = missing - begin[d];
    }
    return out;
  }
  /// The window slides over the padded input while it fits.
  [[nodiscard]] Shape slide(const Shape& in) const {
    Shape out(in.size(), 0);
    for (std::size_t d = 0; d < in.size(); ++d)
      for (auto at = -begin[d]; at + reach(d) <= in[d] + end[d]; at += stride[d]) ++out[d];
    return out;
  }
  void state(Trial& t, std::int64_t groups) const {
    t.attribute("strides", list(stride)), t.attribute("pads_begin", list(begin));
    t.attribute("pads_end", list(end)), t.attribute("dilations", list(dilation));
    t.attribute("groups", groups);
  }
};

void convolution(Trial& t) {
  Window w(t);
  const auto batch = t.dice.roll(1, 2), groups = t.dice.roll(1, 3), in = t.dice.roll(1, 3),
             out = t.dice.roll(1, 3);
  Shape size;
  for (std::size_t d = 0; d < w.kernel.size(); ++d) size.push_back(t.dice.roll(0, 3) + w.reach(d));
  const Shape places = t.chance(3) ? w.pad_same(size) : w.slide(size);
  const Shape y = join({batch, groups * out}, places);
  each_element(y, [&](const Shape&) {
    for (std::int64_t channel = 0; channel < in; ++channel)
      each_element(w.kernel, [&](const Shape&) { ++t.macs; });
  });
  t.operand(join({batch, groups * in}, size), t.real());
  t.operand(join({groups * out, in}, w.kernel), t.real());
  if (t.chance()) t.operand({groups * out}, t.real());
  w.state(t, groups);
  t.result(y, t.real());
}
const Property kConvolution{{Op::conv}, convolution};

/// Every input element is multiplied with its whole filter, also where the padding cuts the result off.
void transposed(Trial& t) {
  const Window w(t);
  const auto batch = t.dice.roll(1, 2), groups = t.dice.roll(1, 3), in = t.dice.roll(1, 3),
             out = t.dice.roll(1, 3);
  Shape size, places;
  for (std::size_t d = 0; d < w.kernel.size(); ++d) {
    size.push_back(t.dice.roll(3, 4) + w.begin[d] + w.end[d]);  // more than the padding cuts off
    std::int64_t last = 0;
    for (std::int64_t at = 0; at < size[d]; ++at)
      for (std::int64_t tap = 0; tap < w.kernel[d]; ++tap)
        last = std::max(last, at * w.stride[d] + tap * w.dilation[d]);
    places.push_back(last + 1 - w.begin[d] - w.end[d]);
  }
  const Shape x = join({batch, groups * in}, size);
  each_element(x, [&](const Shape&) {
    for (std::int64_t channel = 0; channel < out; ++channel)
      each_element(w.kernel, [&](const Shape&) { ++t.macs; });
  });
  t.operand(x, t.real());
  t.operand(join({groups * in, out}, w.kernel), t.real());
  w.state(t, groups);
  t.result(join({batch, groups * out}, places), t.real());
}
const Property kTransposed{{Op::conv_transpose}, transposed};

/// One dot product of `inner` for each element of y.
void multiply(Trial& t, const Shape& y, std::int64_t inner) {
  each_element(y, [&](const Shape&) {
    for (std::int64_t k = 0; k < inner; ++k) ++t.macs;
  });
}

void linear(Trial& t) {
  const Shape rows = t.shape(0, 3);
  const auto in = t.dice.roll(1, 5), out = t.dice.roll(1, 5);
  const bool out_in = t.chance();
  multiply(t, join(rows, {out}), in);
  t.operand(join(rows, {in}), t.real());
  t.operand(out_in ? Shape{out, in} : Shape{in, out}, t.real());
  if (t.chance()) t.operand({out}, t.real());
  if (out_in) t.attribute("transpose_b", 1);
  t.result(join(rows, {out}), t.real());
}
const Property kLinear{{Op::linear}, linear};

/// Batches that broadcast: each side may lack leading dimensions or hold them with size 1.
void batched(Trial& t) {
  const Shape batch = t.shape(0, 2, 3);
  Shape left = batch, right = batch;
  for (auto& size : batch.empty() || t.chance() ? left : right)
    if (t.chance()) size = 1;
  if (!right.empty() && left == batch && t.chance()) right.erase(right.begin());
  const auto m = t.dice.roll(1, 4), k = t.dice.roll(1, 4), n = t.dice.roll(1, 4);
  const bool a = t.chance(), b = t.chance();
  const Shape y = join(batch, {m, n});
  multiply(t, y, k);
  t.operand(join(left, a ? Shape{k, m} : Shape{m, k}), t.real());
  t.operand(join(right, b ? Shape{n, k} : Shape{k, n}), t.real());
  if (t.chance(4)) t.operand(t.chance() ? Shape{n} : y, t.real());
  t.attribute("transpose_a", a ? 1 : 0), t.attribute("transpose_b", b ? 1 : 0);
  t.result(y, t.real());
}

/// Every row meets one expert of a bank, at worst each another one until all have been met.
void routed(Trial& t) {
  const auto rows = t.dice.roll(1, 6), experts = t.dice.roll(1, 6), in = t.dice.roll(1, 4),
             out = 2 * t.dice.roll(1, 3);
  std::set<std::int64_t> met;
  for (std::int64_t row = 0; row < rows; ++row) met.insert(row % experts);
  std::uint64_t picked = 0;
  each_element({std::ssize(met), in, out}, [&](const Shape&) { ++picked; });
  const bool out_in = t.chance();
  multiply(t, {rows, out}, in);
  t.operand({rows, in}, t.real());
  t.operand(out_in ? Shape{experts, out, in} : Shape{experts, in, out}, t.real(), picked);
  t.operand({experts}, t.index());
  t.attribute("transpose_b", out_in ? 1 : 0);
  t.result({rows, out}, t.real());
}
const Property kRouted{{Op::routed_matmul}, routed};

/// A vector on the left, on the right, or on both sides.
void with_vector(Trial& t) {
  const auto m = t.dice.roll(1, 9), k = t.dice.roll(1, 9);
  const auto which = t.dice.roll(0, 2);
  const Shape y = which == 2 ? Shape{} : Shape{m};
  multiply(t, y, k);
  t.operand(which == 1 ? Shape{m, k} : Shape{k}, t.real());
  t.operand(which == 0 ? Shape{k, m} : Shape{k}, t.real());
  t.result(y, t.real());
}

const Property kProduct{{Op::matmul}, [](Trial& t) { t.chance(4) ? with_vector(t) : batched(t); }};

}  // namespace
}  // namespace alidade::properties
