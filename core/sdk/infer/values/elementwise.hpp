#pragma once
#include "numbers.hpp"
#include "places.hpp"

namespace alidade::infer {

/// f(dtype of the operands, a, b) for every pair of elements, broadcast.
template <class F>
Value elementwise(const Literal& a, const Literal& b, Dtype made, F&& f) {
  const auto dims = broadcast_dims(a.dims, b.dims);
  if (!dims || a.dtype != b.dtype || !numbers::is_plain(a.dtype)) return std::nullopt;
  Value out = blank(made, *dims);
  if (!out) return out;
  const Dims x = broadcast_strides(a.dims, dims->size()), y = broadcast_strides(b.dims, dims->size());
  each_place(out->dims, out->elements.size(), [&](Place place, std::size_t n) {
    out->elements[n] = f(a.dtype, a.elements[count(dot(place, x))], b.elements[count(dot(place, y))]);
  });
  return out;
}

/// f(dtype, element) for every element.
template <class F>
Value each_element(const Literal& x, Dtype made, F&& f) {
  if (!numbers::is_plain(x.dtype)) return std::nullopt;
  Value out = x;
  out->dtype = made;
  for (auto& e : out->elements) e = f(x.dtype, e);
  return out;
}

}  // namespace alidade::infer
