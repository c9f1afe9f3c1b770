// The same elements in the same order, under other dimensions.
#include <algorithm>

#include "places.hpp"

namespace alidade::infer {

Value with_dims(const Literal& x, Axes dims) {
  if (element_count(dims) != x.elements.size()) return std::nullopt;
  return Literal{x.dtype, {dims.begin(), dims.end()}, x.elements};
}

Value reshape(const Literal& x, const Literal& target, bool zeros_are_sizes) {
  if (target.dims.size() != 1 || target.is_floating()) return std::nullopt;
  Dims dims;
  std::optional<std::size_t> left;
  for (std::size_t d = 0; d < target.elements.size(); ++d) {
    const Number& n = target.elements[d];
    if (n.is(0) && !zeros_are_sizes) {
      if (d >= x.dims.size()) return std::nullopt;
      dims.push_back(x.dims[d]);
    } else if (n.is_number() && n.whole >= 0) {
      dims.push_back(n.whole);
    } else if (!left) {  // -1, or the one size that is not known
      left = d, dims.push_back(1);
    } else {
      return std::nullopt;
    }
  }
  const auto others = element_count(dims);
  if (left && others == 0) return std::nullopt;
  if (left && others) dims[*left] = static_cast<std::int64_t>(x.elements.size() / *others);
  return with_dims(x, dims);
}

Value flatten(const Literal& x, std::int64_t axis) {
  const auto rank = static_cast<std::int64_t>(x.dims.size());
  if (axis < -rank || axis > rank) return std::nullopt;
  const auto at = x.dims.begin() + (axis < 0 ? axis + rank : axis);
  const auto rows = element_count({x.dims.begin(), at}), columns = element_count({at, x.dims.end()});
  if (!rows || !columns) return std::nullopt;
  return with_dims(x, Dims{static_cast<std::int64_t>(*rows), static_cast<std::int64_t>(*columns)});
}

Value squeeze(const Literal& x, std::optional<Axes> axes) {
  const auto gone = marked(axes.value_or(Axes()), x.dims.size());
  if (!gone) return std::nullopt;
  Dims dims;
  for (std::size_t d = 0; d < x.dims.size(); ++d)
    if (axes ? (*gone)[d] == 0 : x.dims[d] != 1) dims.push_back(x.dims[d]);
  return with_dims(x, dims);
}

Value unsqueeze(const Literal& x, Axes axes) {
  const auto made = marked(axes, x.dims.size() + axes.size());
  if (!made) return std::nullopt;
  Dims dims;
  std::size_t next = 0;
  for (const char one : *made) dims.push_back(one != 0 ? 1 : x.dims[next++]);
  return with_dims(x, dims);
}

}  // namespace alidade::infer
