#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alidade/infer/values.hpp"

// Where the elements of a small tensor stand.
namespace alidade::infer {

using Dims = std::vector<std::int64_t>;
using Place = std::span<const std::int64_t>;  ///< one index per dimension

/// Of unknown elements; nothing where they would be too many.
[[nodiscard]] Value blank(Dtype dtype, Dims dims);
/// Of these dimensions' elements, how far apart neighbours along each dimension are.
[[nodiscard]] Dims strides(Place dims);
[[nodiscard]] std::optional<std::size_t> axis_or_nothing(std::int64_t axis, std::size_t rank);
/// Which of `rank` axes are named; nothing where one is out of range or named twice.
[[nodiscard]] std::optional<std::vector<char>> marked(Axes axes, std::size_t rank);
/// What both broadcast to.
[[nodiscard]] std::optional<Dims> broadcast_dims(Place a, Place b);
/// Strides over the dimensions that a tensor of `dims` is broadcast to: 0 where its elements repeat.
[[nodiscard]] Dims broadcast_strides(Place dims, std::size_t rank);

inline std::size_t count(std::int64_t n) { return static_cast<std::size_t>(n); }
inline std::int64_t dot(Place place, Place strides) {
  std::int64_t at = 0;
  for (std::size_t d = 0; d < place.size(); ++d) at += place[d] * strides[d];
  return at;
}

/// An index as a place on an axis; below zero where it is unknown or out of range.
inline std::int64_t from_front(Number index, std::int64_t size) {
  if (!index.is_number()) return -1;
  const auto n = index.whole < 0 ? index.whole + size : index.whole;
  return n < size ? n : -1;
}

/// Calls f(place, n) for every element in order.
template <class F>
void each_place(Place dims, std::size_t elements, F&& f) {
  Dims place(dims.size(), 0);
  for (std::size_t n = 0; n < elements; ++n) {
    f(Place(place), n);
    for (std::size_t d = dims.size(); d-- > 0;) {
      if (++place[d] < dims[d]) break;
      place[d] = 0;
    }
  }
}

/// A tensor of `dims` whose elements are x's at from(place); where that is below zero, `otherwise`.
template <class F>
Value picked(const Literal& x, Dims dims, F&& from, Number otherwise = {}) {
  Value out = blank(x.dtype, std::move(dims));
  if (!out) return out;
  each_place(out->dims, out->elements.size(), [&](Place place, std::size_t n) {
    const std::int64_t at = from(place);
    out->elements[n] = at < 0 ? otherwise : x.elements[count(at)];
  });
  return out;
}

}  // namespace alidade::infer
