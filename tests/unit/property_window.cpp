// Pools and resampling: every tap of every window touched.
#include "counting_number.hpp"
#include "property.hpp"

namespace alidade::properties {
namespace {

using counting::c;
using counting::Number;
using counting::primitives;

Shape drawn(Trial& t, std::size_t rank, std::int64_t low, std::int64_t high) {
  Shape shape(rank);
  for (auto& size : shape) size = t.dice.roll(low, high);
  return shape;
}

/// Windows slide over the padded input; with ceil_mode the last may hang over its end if it begins before it.
std::int64_t places(std::int64_t in, std::int64_t begin, std::int64_t end, std::int64_t reach,
                    std::int64_t stride, bool over) {
  std::int64_t count = 0;
  for (auto at = -begin; at + reach <= in + end || (over && at < in && at + reach < in + end + stride);
       at += stride)
    ++count;
  return count;
}

void pool(Trial& t) {
  const auto rank = static_cast<std::size_t>(t.dice.roll(1, 3));
  const Shape kernel = drawn(t, rank, 1, 3), stride = drawn(t, rank, 1, 3), dilation = drawn(t, rank, 1, 2),
              begin = drawn(t, rank, 0, 1), end = drawn(t, rank, 0, 1);
  const bool over = t.chance();
  Shape in = t.shape(2, 2, 3), out = in;
  for (std::size_t d = 0; d < rank; ++d) {
    const auto reach = dilation[d] * (kernel[d] - 1) + 1;
    in.push_back(reach + t.dice.roll(0, 3));
    out.push_back(places(in.back(), begin[d], end[d], reach, stride[d], over));
  }
  each_element(out, [&](const Shape&) {
    t.steps += primitives([&] {
      Number all;
      each_element(kernel, [&](const Shape&) { all = t.op == Op::max_pool ? max(all, c(1)) : all + c(1); });
      if (t.op == Op::avg_pool) all = all / c(9);
    });
  });
  t.operand(in, t.real());
  t.attribute("kernel", list(kernel)), t.attribute("strides", list(stride)),
      t.attribute("dilations", list(dilation));
  t.attribute("pads_begin", list(begin)), t.attribute("pads_end", list(end)),
      t.attribute("ceil_mode", over ? 1 : 0);
  t.result(out, t.real());
  if (t.op == Op::max_pool && t.chance()) t.result(out, "i64");
}
const Property kPool{{Op::max_pool, Op::avg_pool}, pool};

/// The window of result o begins at floor(o in / out) and ends before ceil((o + 1) in / out).
bool within(std::int64_t i, std::int64_t o, std::int64_t in, std::int64_t out) {
  return i * out > o * in - out && i * out < (o + 1) * in;
}

void adaptive(Trial& t) {
  const auto rank = static_cast<std::size_t>(t.dice.roll(1, 3));
  const Shape outer = t.chance(4) ? t.shape(1, 1, 3) : t.shape(2, 2, 3), space = drawn(t, rank, 1, 6),
              made = drawn(t, rank, 1, 5);
  each_element(join(outer, made), [&](const Shape& o) {
    t.steps += primitives([&] {
      Number all;
      each_element(space, [&](const Shape& i) {
        bool touched = true;
        for (std::size_t d = 0; d < rank; ++d)
          touched = touched && within(i[d], o[outer.size() + d], space[d], made[d]);
        if (touched) all = t.op == Op::adaptive_max_pool ? max(all, c(1)) : all + c(1);
      });
      if (t.op == Op::adaptive_avg_pool) all = all / c(4);
    });
  });
  t.operand(join(outer, space), t.real());
  t.result(join(outer, made), t.real());
  if (t.op == Op::adaptive_max_pool && t.chance()) t.result(join(outer, made), "i64");
}
const Property kAdaptive{{Op::adaptive_avg_pool, Op::adaptive_max_pool}, adaptive};

/// Each result is a sum of neighbours, so many along each dimension, each by its weight; one neighbour is a
/// copy.
void weigh(Trial& t, const Shape& y, const Shape& neighbours) {
  each_element(y, [&](const Shape&) {
    t.steps += primitives([&] {
      Number all;
      if (samples::elements(neighbours) > 1)
        each_element(neighbours, [&](const Shape&) { all = all + c(1) * c(0.5); });
    });
  });
}
std::int64_t taps(Trial& t) {
  const std::int64_t few = t.chance() ? 1 : 2, drawn = t.chance(4) ? 4 : few;
  t.attribute("taps", drawn);
  return drawn;
}

/// A tensor of one or two dimensions is an image without batch and channels.
void resize(Trial& t) {
  const auto rank = static_cast<std::size_t>(t.dice.roll(1, 3));
  const Shape outer = rank < 3 && t.chance(4) ? Shape{} : t.shape(2, 2, 2),
              y = join(outer, drawn(t, rank, 1, 4));
  t.operand(join(outer, drawn(t, rank, 1, 4)), t.real());
  if (t.chance()) t.operand({static_cast<std::int64_t>(rank)}, "i64");
  weigh(t, y, Shape(rank, taps(t)));
  t.result(y, t.real());
}
const Property kResize{{Op::resize}, resize};

void grid_sample(Trial& t) {
  const auto rank = static_cast<std::size_t>(t.dice.roll(2, 3));
  const Shape outer = t.shape(2, 2, 2), made = drawn(t, rank, 1, 4), y = join(outer, made);
  t.operand(join(outer, drawn(t, rank, 1, 4)), t.real());
  t.operand(join(join({outer[0]}, made), {static_cast<std::int64_t>(rank)}), t.real());
  weigh(t, y, Shape(rank, taps(t)));
  t.result(y, t.real());
}
const Property kGridSample{{Op::grid_sample}, grid_sample};

/// So many samples along each side of a bin, each of them between two neighbours along each dimension.
void roi_align(Trial& t) {
  const auto regions = t.dice.roll(1, 3), channels = t.dice.roll(1, 3), samples = t.dice.roll(1, 3);
  const Shape y = join({regions, channels}, drawn(t, 2, 1, 3));
  weigh(t, y, {samples, samples, 2, 2});
  t.operand(join({1, channels}, drawn(t, 2, 1, 6)), t.real());
  t.operand({regions, 4}, t.real());
  t.operand({regions}, t.index());
  t.attribute("taps", 2 * samples);
  t.result(y, t.real());
}
const Property kRoiAlign{{Op::roi_align}, roi_align};

}  // namespace
}  // namespace alidade::properties
