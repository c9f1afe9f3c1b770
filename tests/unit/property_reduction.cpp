// Reductions and selections: one step for each element that meets an accumulator, a comparison or a
// butterfly.
#include <algorithm>

#include "counting_number.hpp"
#include "property.hpp"

namespace alidade::properties {
namespace {

using counting::c;
using counting::Number;
using counting::primitives;

Shape drawn_axes(Trial& t, const Shape& x) {
  Shape axes;
  for (std::size_t d = 0; d < x.size(); ++d)
    if (t.chance()) axes.push_back(static_cast<std::int64_t>(d));
  return axes;
}
/// What is left of a shape; no axes mean all.
Shape reduced(const Shape& x, const Shape& axes, bool keep) {
  Shape y;
  for (std::size_t d = 0; d < x.size(); ++d) {
    const bool gone = axes.empty() || std::ranges::find(axes, static_cast<std::int64_t>(d)) != axes.end();
    if (!gone) y.push_back(x[d]);
    if (gone && keep) y.push_back(1);
  }
  return y;
}

void reduce(Trial& t) {
  const Shape x = t.shape(1, 4);
  const Shape axes = drawn_axes(t, x);
  const bool keep = t.chance(), takes_mean = t.op == Op::reduce_mean;
  const Shape y = reduced(x, axes, keep);
  t.steps = primitives([&] {
    Number total;
    each_element(x, [&](const Shape&) { total = total + c(1); });
    if (takes_mean) each_element(y, [&](const Shape&) { (void)(total / c(4)); });
  });
  t.operand(x, t.real());
  t.attribute("axes", list(axes)), t.attribute("keepdims", keep ? 1 : 0);
  t.result(y, t.op == Op::arg_reduce ? "i64" : t.real());
}
const Property kReduce{{Op::reduce_sum, Op::reduce_mean, Op::reduce, Op::arg_reduce}, reduce};

void cumulative(Trial& t) {
  const Shape x = t.shape(1, 4);
  each_element(x, [&](const Shape&) { ++t.steps; });
  t.operand(x, t.real());
  t.attribute("axes", list({t.dice.roll(0, std::ssize(x) - 1)}));
  t.result(x, t.real());
}
const Property kCumulative{{Op::cumulative}, cumulative};

/// A merge sort from below: in each pass every element is compared once and goes to its place.
std::uint64_t merge_passes(std::int64_t n) {
  std::uint64_t steps = 0;
  for (std::int64_t merged = 1; merged < n; merged *= 2)
    for (std::int64_t i = 0; i < n; ++i) ++steps;
  return steps;
}

void sort(Trial& t) {
  const Shape x = t.shape(1, 3, 9);
  const auto axis = t.dice.roll(0, std::ssize(x) - 1);
  each_element(reduced(x, {axis}, false),
               [&](const Shape&) { t.steps += merge_passes(x[static_cast<std::size_t>(axis)]); });
  t.operand(x, t.real());
  if (axis != std::ssize(x) - 1 || t.chance()) t.attribute("axes", list({axis}));
  t.result(x, t.real());
  if (t.chance()) t.result(x, "i64");
}
const Property kSort{{Op::sort}, sort};

/// A tournament of the k best: an element plays from a leaf to the root, and once against the only one.
std::uint64_t rounds(std::int64_t k) {
  std::uint64_t played = 0;
  for (; k > 1; k = (k + 1) / 2) ++played;
  return played == 0 ? 1 : played;
}

void topk(Trial& t) {
  const Shape x = t.shape(1, 3, 9);
  const auto axis = t.dice.roll(0, std::ssize(x) - 1);
  Shape y = x;
  auto& k = y[static_cast<std::size_t>(axis)];
  k = t.dice.roll(1, k);
  each_element(x, [&](const Shape&) { t.steps += rounds(k); });
  t.operand(x, t.real());
  if (t.chance()) t.operand({1}, "i64");
  t.attribute("axes", list({axis}));
  t.result(y, t.real());
  t.result(y, "i64");
}
const Property kTopK{{Op::topk}, topk};

/// How much two boxes overlap, against the threshold; their areas are known.
void overlap() {
  const Number left = max(c(0), c(1)), right = min(c(5), c(6)), top = max(c(0), c(2)),
               bottom = min(c(5), c(7));
  const Number common = max(right - left, c(0)) * max(bottom - top, c(0));
  (void)less(c(0.5), common / (c(25) + c(25) - common));
}

void suppression(Trial& t) {
  const auto batch = t.dice.roll(1, 2), classes = t.dice.roll(1, 3), boxes = t.dice.roll(0, 8);
  each_element({batch, classes}, [&](const Shape&) {
    for (std::int64_t a = 0; a < boxes; ++a)
      for (std::int64_t b = a + 1; b < boxes; ++b) t.steps += primitives(overlap);
  });
  t.operand({batch, boxes, 4}, t.real());
  t.operand({batch, classes, boxes}, t.real());
  if (t.chance()) t.operand({1}, "i64");
  t.result({t.dice.roll(0, 5), 3}, "i64");
}
const Property kSuppression{{Op::nms}, suppression};

void nonzero(Trial& t) {
  const Shape x = t.shape(1, 4);
  each_element(x, [&](const Shape&) { t.steps += primitives([] { (void)less(c(0), c(1)); }); });
  t.operand(x, t.real());
  t.result({std::ssize(x), t.dice.roll(0, 6)}, "i64");
}
const Property kNonzero{{Op::nonzero}, nonzero};

/// Every step halves the places that are left, the larger half at worst.
void searching(Trial& t) {
  const Shape y = t.shape(1, 3);
  const auto n = t.dice.roll(1, 20);
  each_element(y, [&](const Shape&) {
    for (std::int64_t places = n + 1; places > 1; places -= places / 2) ++t.steps;
  });
  t.operand({n}, t.real());
  t.operand(y, t.real());
  t.result(y, "i64");
}
const Property kSearching{{Op::search}, searching};

/// The stages of a radix-2 transform: in each, a butterfly of 10 real operations (a complex product and two
/// complex sums) makes two points.
std::uint64_t stages(std::int64_t points) {
  std::uint64_t steps = 0;
  for (std::int64_t done = 1; done < points; done *= 2)
    for (std::int64_t point = 0; point < points; ++point) steps += 10 / 2;
  return steps;
}

void transform(Trial& t) {
  Shape x = t.shape(1, 3, 8);
  const Shape axes = drawn_axes(t, x);
  std::int64_t points = 1;
  for (std::size_t d = 0; d < x.size(); ++d)
    if (axes.empty() || std::ranges::find(axes, static_cast<std::int64_t>(d)) != axes.end()) points *= x[d];
  for (std::int64_t row = 0; row < std::int64_t(samples::elements(x)) / points; ++row)
    t.steps += stages(points);
  const bool real = t.chance(), back = t.chance(), pairs = t.chance();
  if (real) t.steps = t.steps / 2 + t.steps % 2;
  Shape y = x, half = x;
  const auto last = static_cast<std::size_t>(axes.empty() ? std::ssize(x) - 1 : axes.back());
  if (real) half[last] = half[last] / 2 + 1;
  Shape from = real && back ? half : x, to = real && !back ? half : y;
  if (pairs) from.push_back(real && !back ? 1 : 2), to.push_back(real && back ? 1 : 2);
  t.operand(from, pairs || (real && !back) ? "f32" : "c64");
  if (!axes.empty()) t.attribute("axes", list(axes));
  t.result(to, pairs || (real && back) ? "f32" : "c64");
}
const Property kTransform{{Op::fft}, transform};

}  // namespace
}  // namespace alidade::properties
