// Elements picked by indices.
#include <algorithm>

#include "places.hpp"

namespace alidade::infer {
namespace {

void append(Dims& to, Place more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

Value gather(const Literal& x, const Literal& indices, std::int64_t axis) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  if (!at || indices.is_floating()) return std::nullopt;
  const Place own = x.dims;
  Dims dims(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(*at));
  append(dims, indices.dims), append(dims, own.subspan(*at + 1));
  const Dims steps = strides(own), index_steps = strides(indices.dims);
  const std::size_t rank = indices.dims.size();
  return picked(x, dims, [&](Place place) {
    const auto chosen =
        from_front(indices.elements[count(dot(place.subspan(*at, rank), index_steps))], own[*at]);
    if (chosen < 0) return chosen;
    return dot(place.first(*at), steps) + chosen * steps[*at] +
           dot(place.subspan(*at + rank), Place(steps).subspan(*at + 1));
  });
}

Value gather_elements(const Literal& x, const Literal& indices, std::int64_t axis) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  if (!at || indices.dims.size() != x.dims.size() || indices.is_floating()) return std::nullopt;
  for (std::size_t d = 0; d < x.dims.size(); ++d)
    if (d != *at && indices.dims[d] > x.dims[d]) return std::nullopt;
  const Dims steps = strides(x.dims), index_steps = strides(indices.dims);
  return picked(x, indices.dims, [&](Place place) {
    const auto chosen = from_front(indices.elements[count(dot(place, index_steps))], x.dims[*at]);
    return chosen < 0 ? chosen : dot(place, steps) + (chosen - place[*at]) * steps[*at];
  });
}

Value gather_nd(const Literal& x, const Literal& indices, std::int64_t batch_dims) {
  if (indices.dims.empty() || indices.is_floating() || batch_dims < 0) return std::nullopt;
  const Place own = x.dims, lists = Place(indices.dims).first(indices.dims.size() - 1);
  const auto depth = indices.dims.back();
  const auto batch = count(batch_dims);
  if (batch > std::min(own.size(), lists.size()) || depth > static_cast<std::int64_t>(own.size() - batch) ||
      !std::ranges::equal(own.first(batch), lists.first(batch)))
    return std::nullopt;
  const std::size_t taken = batch + count(depth);
  Dims dims(lists.begin(), lists.end());
  append(dims, own.subspan(taken));
  const Dims steps = strides(own), all_steps = strides(indices.dims);
  return picked(x, dims, [&](Place place) {
    const auto row = dot(place.first(lists.size()), all_steps);
    std::int64_t at =
        dot(place.first(batch), steps) + dot(place.subspan(lists.size()), Place(steps).subspan(taken));
    for (std::size_t k = batch; k < taken; ++k) {
      const auto chosen = from_front(indices.elements[count(row) + k - batch], own[k]);
      if (chosen < 0) return chosen;
      at += chosen * steps[k];
    }
    return at;
  });
}

Value compress(const Literal& x, const Literal& condition, std::optional<std::int64_t> axis) {
  if (!condition.all_numbers() || condition.dims.size() != 1 || condition.dtype != Dtype::boolean)
    return std::nullopt;
  if (!axis) {
    const auto flat = with_dims(x, Dims{static_cast<std::int64_t>(x.elements.size())});
    return flat ? compress(*flat, condition, 0) : std::nullopt;
  }
  const auto at = axis_or_nothing(*axis, x.dims.size());
  if (!at) return std::nullopt;
  Literal kept{Dtype::i64, {}, {}};
  for (std::size_t i = 0; i < condition.elements.size() && i < count(x.dims[*at]); ++i)
    if (condition.elements[i].whole != 0) kept.elements.push_back(Number::of(static_cast<std::int64_t>(i)));
  kept.dims = {static_cast<std::int64_t>(kept.elements.size())};
  return gather(x, kept, *axis);
}

Value nonzero(const Literal& x) {
  if (!x.all_numbers()) return std::nullopt;
  std::vector<Dims> found;
  each_place(x.dims, x.elements.size(), [&](Place place, std::size_t n) {
    const Number& e = x.elements[n];
    if (x.is_floating() ? e.real != 0 : e.whole != 0) found.emplace_back(place.begin(), place.end());
  });
  const auto places = static_cast<std::int64_t>(found.size());
  Value out = blank(Dtype::i64, {static_cast<std::int64_t>(x.dims.size()), places});
  if (!out) return out;
  for (std::size_t n = 0; n < out->elements.size(); ++n)
    out->elements[n] = Number::of(found[n % found.size()][n / found.size()]);
  return out;
}

}  // namespace alidade::infer
