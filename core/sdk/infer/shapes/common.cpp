// What every family of shape functions uses.
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/infer/shapes.hpp"

namespace alidade::infer {

Shape shape_of(const TensorType& type) {
  if (!type.ranked) return std::nullopt;
  return std::vector<Dim>(type.dims.begin(), type.dims.end());
}

Result<std::size_t> axis_of(std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n)
    return fail(Fault::model, "the axis " + std::to_string(axis) + " is out of range for " +
                                  text::counted(rank, "dimension"));
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

Number product(Sizes& sizes, std::span<const Dim> dims) {
  Number all = Number::of(1);
  for (const Dim d : dims) all = sizes.multiply(all, Number::of(d));
  return all;
}

Result<Shape> with_size(const Shape& x, std::int64_t axis, Dim size) {
  if (!x) return Shape();
  const auto at = axis_of(axis, x->size());
  if (!at) return std::unexpected(at.error());
  std::vector<Dim> out = *x;
  out[*at] = size;
  return out;
}

Result<Shape> inserted(const Shape& x, std::int64_t axis, Dim size) {
  if (!x) return Shape();
  const auto at = axis_of(axis, x->size() + 1);
  if (!at) return std::unexpected(at.error());
  std::vector<Dim> out = *x;
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(*at), size);
  return out;
}

Result<Shape> removed(const Shape& x, std::int64_t axis) {
  if (!x) return Shape();
  const auto at = axis_of(axis, x->size());
  if (!at) return std::unexpected(at.error());
  std::vector<Dim> out = *x;
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(*at));
  return out;
}

Result<Shape> reduce(const Shape& x, std::optional<Axes> axes, bool keepdims) {
  if (!x) return Shape();
  std::vector<char> along(x->size(), axes ? 0 : 1);
  for (const auto axis : axes.value_or(Axes())) {
    const auto at = axis_of(axis, x->size());
    if (!at) return std::unexpected(at.error());
    along[*at] = 1;
  }
  std::vector<Dim> out;
  for (std::size_t d = 0; d < x->size(); ++d)
    if (along[d] == 0)
      out.push_back((*x)[d]);
    else if (keepdims)
      out.emplace_back(1);
  return out;
}

}  // namespace alidade::infer
