// Shapes of what works along rows: searches, transforms, pads, and pools and samples of a stated size.
#include <algorithm>

#include "follow.hpp"

namespace alidade::infer {
namespace {

Dtype dtype_of(const Changed& n, bool result) {
  return n.graph.type(result ? n.graph.outputs(n.node)[0] : n.graph.inputs(n.node)[0]).dtype;
}

/// Other dimensions than the given ones are the operand's.
bool as_operand(Changed& n, Shape& result, auto&& exchange) {
  if (!result || !n.before[0] || !n.in() || result->size() != n.in()->size()) return false;
  for (std::size_t d = 0; d < result->size(); ++d)
    if ((*n.before[0])[d] != (*n.in())[d]) (*result)[d] = exchange(d, Number::of((*n.in())[d]), (*result)[d]);
  return true;
}

bool is_own_constant(const Changed& n) {
  const ValueId zeros = n.graph.inputs(n.node)[0];
  return n.graph.kind(zeros) == ValueKind::result && n.graph.op(n.graph.producer(zeros)) == Op::constant;
}

/// Whether one side of the transform is half a spectrum, as its name says.
bool takes_half(std::string_view name) {
  return name.contains("rfft") || name.contains("hfft") || name.contains("r2c") || name.contains("c2r");
}

}  // namespace

void follow_search(Changed& n) {
  if (n.has(1) && n.before[1] && n.results[0] && *n.results[0] == *n.before[1]) n.results[0] = n.in(1);
}

/// A spectrum of real numbers has one half and the middle along the last axis; back from it, the signal is
/// even.
void follow_transform(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  const bool in = is_complex(dtype_of(n, false)), out = is_complex(dtype_of(n, true));
  const auto last = axes.empty() ? std::int64_t{-1} : axes.back();
  const bool known = as_operand(n, n.results[0], [&](std::size_t d, Number size, Dim was) {
    const Dim before = (*n.before[0])[d];
    const auto at = last < 0 ? last + static_cast<std::int64_t>(n.in()->size()) : last;
    const bool whole = was == before && !(before.size() <= 2 && takes_half(base_name(n)));  // half of 2 is 2
    if (static_cast<std::int64_t>(d) != at || in == out || whole) return size.as_dim();
    if (out) return n.sizes.add(n.sizes.floor_divide(size, Number::of(2)), Number::of(1)).as_dim();
    const auto even = [&](Number spectrum) {
      return n.sizes.multiply(n.sizes.subtract(spectrum, Number::of(1)), Number::of(2)).as_dim();
    };
    return even(Number::of(before)) == was ? even(size) : Dim();
  });
  if (!known) n.results[0] = follow_places(n, n.results[0]);
}

/// As much more as before. What a transform pads to is stated by the file.
void follow_pad(Changed& n) {
  const bool stated = n.graph.foreign(n.node).find("fft_") != std::string_view::npos;
  const bool known = as_operand(n, n.results[0], [&](std::size_t d, Number size, Dim was) {
    const Number before = Number::of((*n.before[0])[d]), added = n.sizes.subtract(Number::of(was), before);
    return stated && !added.is(0) ? was : n.sizes.add(size, added).as_dim();
  });
  if (!known) n.results[0] = follow_places(n, n.results[0]);
}

/// Windows follow the input, so that their number is the file's. The name says along how many dimensions.
void follow_adaptive_pool(Changed& n) {
  const auto digit = base_name(n).find_first_of("123");
  const auto outer = n.in() && n.in()->size() > 2 ? n.in()->size() - 2 : 0;
  const auto windows = digit == std::string_view::npos || outer == 0
                           ? outer
                           : static_cast<std::size_t>(base_name(n)[digit] - '0');
  const auto first = n.in() ? n.in()->size() - std::min<std::size_t>(windows, 3) : 0;
  for (auto& result : n.results)
    (void)as_operand(n, result, [&](std::size_t d, Number size, Dim was) {
      return d >= first || (first == n.in()->size() && d > 0) ? was : size.as_dim();
    });
}

/// As many of each row as the file states.
void follow_topk(Changed& n) {
  const auto axes = n.graph.ints(n.attrs<AxesAttrs>().axes);
  for (auto& result : n.results)
    (void)as_operand(n, result, [&](std::size_t d, Number size, Dim was) {
      const auto axis = axes.empty() ? -1 : axes[0];
      const auto at = axis < 0 ? axis + static_cast<std::int64_t>(n.in()->size()) : axis;
      return static_cast<std::int64_t>(d) == at ? was : size.as_dim();
    });
}

/// x [N, C, ...], one point of the grid [N, ..., axes] for each result.
void follow_grid_sample(Changed& n) {
  if (!n.in() || !n.has(1) || !n.in(1) || n.in()->size() != n.in(1)->size() || n.in()->size() < 3) return;
  std::vector<Dim> made{(*n.in())[0], (*n.in())[1]};
  made.insert(made.end(), n.in(1)->begin() + 1, n.in(1)->end() - 1);
  n.results[0] = made;
}

/// Zeros that the operator itself makes are as many as the places that are written to.
void follow_scatter(Changed& n) {
  auto& made = n.results[0];
  if (base_name(n) == "masked_scatter" && n.has(1)) {
    if (auto both = broadcast(n.sizes, n.in(), n.in(1))) made = std::move(*both);
    return;
  }
  if (!n.before[0] || !n.in() || *n.before[0] != *n.in() || !n.has(1) || !n.before[1] || !n.in(1) || !made ||
      !is_own_constant(n)) {
    made = follow_places(n, made);
    return;
  }
  const auto& places = *n.before[1];
  if (made->size() < places.size() || !std::ranges::equal(std::span(*made).first(places.size()), places))
    return;
  std::ranges::copy(*n.in(1), made->begin());
}

}  // namespace alidade::infer
