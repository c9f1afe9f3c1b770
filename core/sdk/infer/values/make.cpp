// Tensors made of types, shapes and numbers.
#include <algorithm>
#include <cmath>

#include "numbers.hpp"
#include "places.hpp"

namespace alidade::infer {
namespace {

Literal scalar(Dtype dtype, Number n) { return {dtype, {}, {n}}; }

Value whole_range(Sizes& sizes, Dtype dtype, Number start, Number end, Number step) {
  if (start.is_unknown() || !step.is_number() || step.whole == 0) return std::nullopt;
  const Number way = sizes.subtract(end, start);
  if (!way.is_number()) return std::nullopt;
  const __int128 by = step.whole, length = std::max<__int128>(0, (way.whole + by - (by > 0 ? 1 : -1)) / by);
  if (length > static_cast<__int128>(Literal::kMost)) return std::nullopt;
  Value out = blank(dtype, {static_cast<std::int64_t>(length)});
  for (std::size_t i = 0; i < out->elements.size(); ++i)
    out->elements[i] = numbers::fitting(
        dtype, sizes.add(start, sizes.multiply(step, Number::of(static_cast<std::int64_t>(i)))));
  return out;
}
Value real_range(Dtype dtype, double start, double end, double step) {
  const double length = std::max(0.0, std::ceil((end - start) / step));
  if (!(length <= static_cast<double>(Literal::kMost))) return std::nullopt;
  Value out = blank(dtype, {static_cast<std::int64_t>(length)});
  for (std::size_t i = 0; i < out->elements.size(); ++i)
    out->elements[i] = numbers::real(dtype, start + static_cast<double>(i) * step);
  return out;
}

}  // namespace

Value shape_of(const TensorType& type, std::int64_t start, std::int64_t end) {
  if (!type.ranked) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(type.rank());
  const auto place = [rank](std::int64_t n) {
    return std::clamp<std::int64_t>(n < 0 ? std::max(n, -rank) + rank : n, 0, rank);
  };
  Literal out;
  for (auto d = place(start); d < place(end); ++d) out.elements.push_back(Number::of(type.dims[count(d)]));
  out.dims = {static_cast<std::int64_t>(out.elements.size())};
  return out;
}

Value size_of(Sizes& sizes, const TensorType& type) {
  if (!type.ranked) return std::nullopt;
  return scalar(Dtype::i64, product(sizes, type.dims));
}

Value constant_of_shape(const Literal& shape, Dtype dtype, Number value) {
  if (!shape.all_numbers() || shape.is_floating() || shape.dims.size() != 1) return std::nullopt;
  Value out = blank(dtype, shape.integers());
  if (out) std::ranges::fill(out->elements, value);
  return out;
}

Value range(Sizes& sizes, const Literal& start, const Literal& end, const Literal& step) {
  for (const auto* x : {&start, &end, &step})
    if (x->elements.size() != 1 || x->dtype != start.dtype) return std::nullopt;
  const Number from = start.elements[0], to = end.elements[0], by = step.elements[0];
  if (!start.is_floating()) return whole_range(sizes, start.dtype, from, to, by);
  if (!from.is_number() || !to.is_number() || !by.is_number()) return std::nullopt;
  return real_range(start.dtype, from.real, to.real, by.real);
}

Value eye(Axes dims, Dtype dtype, std::int64_t diagonal) {
  Value out = dims.size() == 2 ? blank(dtype, Dims(dims.begin(), dims.end())) : std::nullopt;
  if (!out) return out;
  each_place(out->dims, out->elements.size(), [&](Place place, std::size_t n) {
    const int one = static_cast<__int128>(place[1]) - place[0] == diagonal ? 1 : 0;
    out->elements[n] = out->is_floating() ? Number::of_real(one) : Number::of(one);
  });
  return out;
}

Value one_hot(const Literal& indices, std::int64_t depth, const Literal& values, std::int64_t axis) {
  const auto at = axis_or_nothing(axis, indices.dims.size() + 1);
  if (!at || depth < 1 || values.elements.size() != 2) return std::nullopt;
  Dims dims = indices.dims, steps = strides(indices.dims);
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*at), depth);
  steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(*at), 0);
  return picked(values, dims, [&](Place place) -> std::int64_t {
    const Number& e = indices.elements[count(dot(place, steps))];
    if (!e.is_number()) return -1;
    const double index = indices.is_floating() ? std::trunc(e.real) : static_cast<double>(e.whole);
    return index == static_cast<double>(place[*at]) ||
           index + static_cast<double>(depth) == static_cast<double>(place[*at]);
  });
}

}  // namespace alidade::infer
