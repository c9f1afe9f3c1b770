#include "places.hpp"

#include <algorithm>

namespace alidade::infer {

Value blank(Dtype dtype, Dims dims) {
  const auto elements = element_count(dims);
  if (!elements || *elements > Literal::kMost) return std::nullopt;
  return Literal{dtype, std::move(dims), std::vector<Number>(*elements)};
}

Dims strides(Place dims) {
  Dims out(dims.size(), 1);
  for (std::size_t d = dims.size(); d-- > 1;) out[d - 1] = out[d] * dims[d];
  return out;
}

std::optional<std::size_t> axis_or_nothing(std::int64_t axis, std::size_t rank) {
  const auto at = axis_of(axis, rank);
  return at ? std::optional(*at) : std::nullopt;
}

std::optional<std::vector<char>> marked(Axes axes, std::size_t rank) {
  std::vector<char> out(rank, 0);
  for (const auto axis : axes) {
    const auto at = axis_or_nothing(axis, rank);
    if (!at || out[*at]++ != 0) return std::nullopt;
  }
  return out;
}

std::optional<Dims> broadcast_dims(Place a, Place b) {
  if (a.size() < b.size()) std::swap(a, b);
  Dims out(a.begin(), a.end());
  const std::size_t lead = a.size() - b.size();
  for (std::size_t d = 0; d < b.size(); ++d) {
    auto& size = out[lead + d];
    if (size != b[d] && size != 1 && b[d] != 1) return std::nullopt;
    if (size == 1) size = b[d];
  }
  return out;
}

Dims broadcast_strides(Place dims, std::size_t rank) {
  const Dims own = strides(dims);
  Dims out(rank, 0);
  for (std::size_t d = 0; d < dims.size(); ++d)
    if (dims[d] != 1) out[rank - dims.size() + d] = own[d];
  return out;
}

}  // namespace alidade::infer
