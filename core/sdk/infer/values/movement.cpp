// Elements in another order, joined, taken apart or repeated.
#include <algorithm>

#include "places.hpp"

namespace alidade::infer {

Value transpose(const Literal& x, Axes perm) {
  const std::size_t rank = x.dims.size();
  Dims order(perm.begin(), perm.end());
  if (perm.empty())
    for (std::size_t d = rank; d-- > 0;) order.push_back(static_cast<std::int64_t>(d));
  if (order.size() != rank || !marked(order, rank)) return std::nullopt;
  const Dims own = strides(x.dims);
  Dims dims, steps;
  for (const auto axis : order) {
    const auto d = *axis_or_nothing(axis, rank);
    dims.push_back(x.dims[d]), steps.push_back(own[d]);
  }
  return picked(x, dims, [&](Place place) { return dot(place, steps); });
}

Value concat(Operands parts, std::int64_t axis) {
  if (parts.empty()) return std::nullopt;
  const Literal& first = *parts[0];
  const auto at = axis_or_nothing(axis, first.dims.size());
  if (!at) return std::nullopt;
  Dims dims = first.dims;
  dims[*at] = 0;
  for (const auto* part : parts) {
    Dims others = part->dims;
    if (others.size() != dims.size() || part->dtype != first.dtype) return std::nullopt;
    dims[*at] += std::exchange(others[*at], dims[*at]);
    others[*at] = dims[*at];
    if (others != dims) return std::nullopt;
  }
  Value out = blank(first.dtype, dims);
  if (!out) return out;
  const Dims steps = strides(dims);
  std::int64_t before = 0;
  for (const auto* part : parts) {
    each_place(part->dims, part->elements.size(), [&](Place place, std::size_t n) {
      out->elements[count(dot(place, steps) + before * steps[*at])] = part->elements[n];
    });
    before += part->dims[*at];
  }
  return out;
}

Value stack(Operands parts, std::int64_t axis) {
  std::vector<Literal> wider;
  for (const auto* part : parts) {
    auto one = unsqueeze(*part, Axes(&axis, 1));
    if (!one) return std::nullopt;
    wider.push_back(std::move(*one));
  }
  std::vector<const Literal*> all;
  for (const auto& part : wider) all.push_back(&part);
  return concat(all, axis);
}

Value expand(const Literal& x, Axes shape) {
  const auto dims = broadcast_dims(x.dims, shape);
  if (!dims) return std::nullopt;
  const Dims steps = broadcast_strides(x.dims, dims->size());
  return picked(x, *dims, [&](Place place) { return dot(place, steps); });
}

Value tile(const Literal& x, Axes repeats) {
  if (repeats.size() != x.dims.size()) return std::nullopt;
  Dims dims = x.dims;
  for (std::size_t d = 0; d < dims.size(); ++d)
    if (__builtin_mul_overflow(dims[d], repeats[d], &dims[d])) return std::nullopt;
  const Dims steps = strides(x.dims);
  return picked(x, dims, [&](Place place) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < place.size(); ++d) at += place[d] % x.dims[d] * steps[d];
    return at;
  });
}

Value trilu(const Literal& x, bool upper, std::int64_t diagonal) {
  const std::size_t rank = x.dims.size();
  if (rank < 2) return std::nullopt;
  const Dims steps = strides(x.dims);
  const auto inside = [&](Place place) {
    const __int128 off = static_cast<__int128>(place[rank - 1]) - place[rank - 2] - diagonal;
    return upper ? off >= 0 : off <= 0;
  };
  return picked(
      x, x.dims, [&](Place place) { return inside(place) ? dot(place, steps) : -1; },
      x.is_floating() ? Number::of_real(0) : Number::of(0));
}

}  // namespace alidade::infer
