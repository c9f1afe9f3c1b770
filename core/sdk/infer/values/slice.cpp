// Parts of a tensor, and a tensor with margins.
#include <algorithm>

#include "places.hpp"
#include "sdk/infer/slice_range.hpp"

namespace alidade::infer {
namespace {

Value take(const Literal& x, std::span<const SliceRange> of) {
  const Dims own = strides(x.dims);
  Dims dims, steps;
  std::int64_t first = 0;
  for (std::size_t d = 0; d < of.size(); ++d) {
    dims.push_back(of[d].length), steps.push_back(own[d] * of[d].step);
    first += own[d] * of[d].from;
  }
  return picked(x, dims, [&](Place place) { return first + dot(place, steps); });
}
std::vector<SliceRange> all_of(const Literal& x) {
  std::vector<SliceRange> out;
  for (const auto size : x.dims) out.push_back({0, size, 1});
  return out;
}

/// Where an element of a padded axis comes from; below zero: nowhere.
std::int64_t source(PadMode mode, std::int64_t at, std::int64_t size) {
  if (at >= 0 && at < size) return at;
  if (mode == PadMode::constant || size == 0) return -1;
  if (mode == PadMode::edge) return std::clamp<std::int64_t>(at, 0, size - 1);
  const std::int64_t period = mode == PadMode::wrap || size == 1 ? size : 2 * size - 2;
  const std::int64_t within = ((at % period) + period) % period;
  return within < size ? within : period - within;
}

}  // namespace

Value slice(const Literal& x, Axes starts, Axes ends, std::optional<Axes> axes, std::optional<Axes> steps) {
  const std::size_t n = starts.size();
  if (ends.size() != n || (axes && axes->size() != n) || (steps && steps->size() != n)) return std::nullopt;
  auto places = all_of(x);
  for (std::size_t i = 0; i < n; ++i) {
    const auto at = axis_or_nothing(axes ? (*axes)[i] : static_cast<std::int64_t>(i), x.dims.size());
    const std::int64_t step = steps ? (*steps)[i] : 1;
    if (!at || step == 0) return std::nullopt;
    places[*at] = slice_range(x.dims[*at], starts[i], ends[i], step);
  }
  return take(x, places);
}

Value reverse(const Literal& x, Axes axes) {
  auto places = all_of(x);
  for (const auto axis : axes) {
    const auto at = axis_or_nothing(axis, x.dims.size());
    if (!at) return std::nullopt;
    places[*at] = slice_range(x.dims[*at], INT64_MAX, INT64_MIN, -1);
  }
  return take(x, places);
}

std::vector<Value> split(const Literal& x, std::int64_t axis, Axes parts) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  std::vector<Value> out;
  std::int64_t before = 0;
  for (const auto part : parts) {
    if (!at || part < 0 || part > x.dims[*at] - before) return {};
    auto places = all_of(x);
    places[*at] = {before, part, 1};
    out.push_back(take(x, places));
    before += part;
  }
  return at && before == x.dims[*at] ? out : std::vector<Value>();
}

std::vector<Value> split_evenly(const Literal& x, std::int64_t axis, std::int64_t parts) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  if (!at || parts < 1 || parts > static_cast<std::int64_t>(Literal::kMost)) return {};
  const std::int64_t size = x.dims[*at], part = size / parts + (size % parts != 0 ? 1 : 0);
  Dims lengths;
  for (std::int64_t left = size, i = 0; i < parts; ++i) {
    lengths.push_back(std::min(part, left));
    left -= lengths.back();
  }
  return split(x, axis, lengths);
}

Value pad(const Literal& x, PadMode mode, Axes begins, Axes ends, std::optional<Axes> axes, Number fill) {
  const std::size_t rank = x.dims.size(), n = axes ? axes->size() : rank;
  if (begins.size() != n || ends.size() != n) return std::nullopt;
  Dims dims = x.dims, before(rank, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto at = axis_or_nothing(axes ? (*axes)[i] : static_cast<std::int64_t>(i), rank);
    if (!at || __builtin_add_overflow(dims[*at], begins[i], &dims[*at]) ||
        __builtin_add_overflow(dims[*at], ends[i], &dims[*at]) ||
        (mode != PadMode::constant && x.dims[*at] == 0))
      return std::nullopt;
    before[*at] = begins[i];
  }
  const Dims steps = strides(x.dims);
  return picked(
      x, dims,
      [&](Place place) {
        std::int64_t at = 0;
        for (std::size_t d = 0; d < rank; ++d) {
          const auto from = source(mode, place[d] - before[d], x.dims[d]);
          if (from < 0) return std::int64_t{-1};
          at += from * steps[d];
        }
        return at;
      },
      fill);
}

}  // namespace alidade::infer
