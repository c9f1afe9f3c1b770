// Many elements into one along axes.
#include <algorithm>
#include <cmath>
#include <limits>

#include "numbers.hpp"
#include "places.hpp"

namespace alidade::infer {
namespace {

/// What a reduction of no elements is; unknown where it has no value.
Number neutral(Reduction by, Dtype dtype) {
  const bool real = is_floating(dtype);
  switch (by) {
    case Reduction::sum:
      return real ? Number::of_real(0) : Number::of(0);
    case Reduction::product:
      return real ? Number::of_real(1) : Number::of(1);
    case Reduction::minimum:
      return real ? Number::of_real(std::numeric_limits<double>::infinity()) : Number();
    case Reduction::maximum:
      return real ? Number::of_real(-std::numeric_limits<double>::infinity()) : Number();
    case Reduction::mean:
      return {};
    case Reduction::any:
      return Number::of(0);
    case Reduction::all:
      return Number::of(1);
  }
  return {};
}
Number joined(Sizes& sizes, Reduction by, Dtype dtype, Number a, Number b) {
  switch (by) {
    case Reduction::mean:
    case Reduction::sum:
      return numbers::add(sizes, dtype, a, b);
    case Reduction::product:
      return numbers::multiply(sizes, dtype, a, b);
    case Reduction::minimum:
      return numbers::minimum(sizes, dtype, a, b);
    case Reduction::maximum:
      return numbers::maximum(sizes, dtype, a, b);
    case Reduction::any:
      return numbers::either(a, b, 1);
    case Reduction::all:
      return numbers::either(a, b, 0);
  }
  return {};
}

}  // namespace

Value reduce(Sizes& sizes, const Literal& x, Reduction by, std::optional<Axes> axes, bool keepdims) {
  auto along = marked(axes.value_or(Axes()), x.dims.size());
  const bool logical = by == Reduction::any || by == Reduction::all;
  if (!along || !numbers::is_plain(x.dtype) || (logical && x.dtype != Dtype::boolean)) return std::nullopt;
  if (!axes) std::ranges::fill(*along, 1);
  Dims ones = x.dims, dims;
  std::int64_t each = 1;
  for (std::size_t d = 0; d < ones.size(); ++d) {
    if ((*along)[d] != 0) each *= std::exchange(ones[d], 1);
    if ((*along)[d] == 0 || keepdims) dims.push_back(ones[d]);
  }
  Value out = blank(x.dtype, ones);
  if (!out) return out;
  std::vector<char> begun(out->elements.size(), 0);
  if (each == 0) std::ranges::fill(out->elements, neutral(by, x.dtype));
  const Dims steps = broadcast_strides(ones, ones.size());
  each_place(x.dims, x.elements.size(), [&](Place place, std::size_t n) {
    const auto at = count(dot(place, steps));
    Number& e = out->elements[at];
    e = begun[at]++ != 0 ? joined(sizes, by, x.dtype, e, x.elements[n]) : x.elements[n], begun[at] = 1;
  });
  const Number parts = x.is_floating() ? Number::of_real(static_cast<double>(each)) : Number::of(each);
  if (by == Reduction::mean)
    for (auto& e : out->elements) e = each == 0 ? Number() : numbers::divide(sizes, x.dtype, e, parts);
  return with_dims(*out, dims);
}

Value cumulative_sum(Sizes& sizes, const Literal& x, std::int64_t axis, bool exclusive, bool reverse) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  if (!at || !numbers::is_plain(x.dtype)) return std::nullopt;
  if (reverse) {
    const auto backwards = infer::reverse(x, Axes(&axis, 1));
    const auto sums = backwards ? cumulative_sum(sizes, *backwards, axis, exclusive, false) : std::nullopt;
    return sums ? infer::reverse(*sums, Axes(&axis, 1)) : std::nullopt;
  }
  Value out = x;
  const std::size_t step = count(strides(x.dims)[*at]);
  each_place(x.dims, x.elements.size(), [&](Place place, std::size_t n) {
    const Number before = place[*at] > 0 ? out->elements[n - step] : neutral(Reduction::sum, x.dtype);
    const Number here = !exclusive ? x.elements[n] : place[*at] > 0 ? x.elements[n - step] : before;
    out->elements[n] = numbers::add(sizes, x.dtype, before, here);
  });
  return out;
}

}  // namespace alidade::infer
