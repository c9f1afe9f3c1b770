// Elements written to where indices point.
#include <algorithm>

#include "numbers.hpp"
#include "places.hpp"

namespace alidade::infer {
namespace {

Number updated(Sizes& sizes, Dtype dtype, Number old, Number with, Update update) {
  switch (update) {
    case Update::replace:
      return with;
    case Update::add:
      return numbers::add(sizes, dtype, old, with);
    case Update::multiply:
      return numbers::multiply(sizes, dtype, old, with);
    case Update::minimum:
      return numbers::minimum(sizes, dtype, old, with);
    case Update::maximum:
      return numbers::maximum(sizes, dtype, old, with);
  }
  return {};
}

}  // namespace

Value scatter_elements(Sizes& sizes, const Literal& x, const Literal& indices, const Literal& updates,
                       std::int64_t axis, Update update) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  if (!at || indices.dims != updates.dims || indices.dims.size() != x.dims.size() ||
      updates.dtype != x.dtype || indices.is_floating())
    return std::nullopt;
  for (std::size_t d = 0; d < x.dims.size(); ++d)
    if (d != *at && indices.dims[d] > x.dims[d]) return std::nullopt;
  Value out = x;
  const Dims steps = strides(x.dims);
  bool known = true;
  each_place(indices.dims, indices.elements.size(), [&](Place place, std::size_t n) {
    const auto chosen = from_front(indices.elements[n], x.dims[*at]);
    known = known && chosen >= 0;
    if (!known) return;
    auto& element = out->elements[count(dot(place, steps) + (chosen - place[*at]) * steps[*at])];
    element = updated(sizes, x.dtype, element, updates.elements[n], update);
  });
  return known ? out : std::nullopt;
}

Value scatter_nd(Sizes& sizes, const Literal& x, const Literal& indices, const Literal& updates,
                 Update update) {
  if (indices.dims.empty() || indices.is_floating() || updates.dtype != x.dtype) return std::nullopt;
  const Place lists = Place(indices.dims).first(indices.dims.size() - 1), own = x.dims;
  if (indices.dims.back() > static_cast<std::int64_t>(own.size())) return std::nullopt;
  const std::size_t depth = count(indices.dims.back());
  Dims dims(lists.begin(), lists.end());
  dims.insert(dims.end(), own.begin() + static_cast<std::ptrdiff_t>(depth), own.end());
  if (dims != updates.dims) return std::nullopt;
  Value out = x;
  const Dims steps = strides(own), all_steps = strides(indices.dims);
  bool known = true;
  each_place(dims, updates.elements.size(), [&](Place place, std::size_t n) {
    const auto row = count(dot(place.first(lists.size()), all_steps));
    std::int64_t at = dot(place.subspan(lists.size()), Place(steps).subspan(depth));
    for (std::size_t k = 0; known && k < depth; ++k) {
      const auto chosen = from_front(indices.elements[row + k], own[k]);
      known = chosen >= 0;
      at += chosen * steps[k];
    }
    if (!known) return;
    auto& element = out->elements[count(at)];
    element = updated(sizes, x.dtype, element, updates.elements[n], update);
  });
  return known ? out : std::nullopt;
}

}  // namespace alidade::infer
