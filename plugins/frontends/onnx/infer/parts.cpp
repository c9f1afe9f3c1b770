// Splits and slices.
#include <fmt/format.h>

#include <algorithm>

#include "movement.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {

namespace {

/// The sizes of parts are those of a split: none below zero, and together what is split.
void check_parts(Call& call, std::span<const Number> parts, Dim all) {
  Number sum = Number::of(0);
  for (const auto& part : parts) {
    if (part.is_number() && part.whole < 0)
      return call.reject(fmt::format("a part has {} elements", part.whole));
    sum = sizes(call).add(sum, part);
  }
  if (sum.is_number() && all.is_known() && sum.whole != all.size())
    call.reject(fmt::format("its parts have {} elements of {}{}", sum.whole, all.size(), stated_by(call, 1)));
}

}  // namespace

/// Sizes are an attribute or an operand; without them the parts are equal, and since operator set 18 the last
/// one may be smaller.
void infer_split(Call& call) {
  const Shape x = call.shape(0);
  for (std::size_t k = 0; k < call.outputs() && !x; ++k) call.set_shape(k, call.dtype(0), Shape());
  if (!x || call.outputs() == 0) return;
  const auto at = infer::axis_of(call.integer("axis", 0), x->size());
  if (!at) return settle(call, std::unexpected(at.error()));
  std::optional<std::vector<Number>> parts;
  if (const auto stated = call.integers("split"))
    parts = as_numbers(*stated);
  else if (call.has(1))
    must_know(call, 1), parts = call.numbers(1).value_or(std::vector<Number>());
  const auto outputs = static_cast<std::int64_t>(call.outputs());
  const auto count = call.integer("num_outputs", outputs);
  if (count < outputs) return call.reject(fmt::format("num_outputs is {} of {} outputs", count, outputs));
  if (parts) check_parts(call, *parts, (*x)[*at]);
  const Number all = Number::of((*x)[*at]);
  if (!parts && call.opset() < 18 && all.is_number() && all.whole % count != 0)
    return call.reject(fmt::format("it makes {} equal parts of {} elements, and {} is no multiple of {}",
                                   count, all.whole, all.whole, count));
  Number each = sizes(call).exact_quotient(all, Number::of(count));
  if (each.is_unknown()) each = sizes(call).ceil_divide(all, Number::of(count));
  const auto even_part = [&](std::int64_t k) {
    const Number left = sizes(call).subtract(all, sizes(call).multiply(each, Number::of(k)));
    if (all.is_number()) return sizes(call).minimum(each, sizes(call).maximum(left, Number::of(0)));
    return k > 0 && k + 1 == count && call.has_attribute("num_outputs") ? left : each;
  };
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    const Number part =
        parts ? (k < parts->size() ? (*parts)[k] : Number()) : even_part(static_cast<std::int64_t>(k));
    call.set_shape(k, call.dtype(0), infer::with_size(x, static_cast<std::int64_t>(*at), part.as_dim()));
  }
}

namespace {

/// A list of a Slice: an attribute up to operator set 9, an operand since.
std::optional<std::vector<Number>> slice_list(Call& call, Text attribute, std::size_t operand) {
  if (call.opset() >= 10) return call.has(operand) ? call.numbers(operand) : std::nullopt;
  const auto list = call.integers(attribute);
  return list ? std::optional(as_numbers(*list)) : std::nullopt;
}

}  // namespace

void infer_slice(Call& call) {
  const Shape x = call.shape(0);
  if (!x) return settle(call, Shape());
  const auto starts = slice_list(call, "starts", 1), ends = slice_list(call, "ends", 2),
             steps = slice_list(call, "steps", 4);
  const auto axes = call.opset() >= 10 && !call.has(3) ? StatedAxes{} : axes_of(call, 3);
  if (!starts || !ends || !axes.known) {
    call.depends_on_data();
    return settle(call, unknown_sizes(x->size()));
  }
  auto along = axes.list.value_or(std::vector<std::int64_t>{});
  for (std::size_t i = 0; !axes.list && i < starts->size(); ++i)
    along.push_back(static_cast<std::int64_t>(i));
  const auto none = std::vector<Number>(call.has(4) ? along.size() : 0);
  const auto made = infer::slice(sizes(call), x, {along, *starts, *ends, steps ? *steps : none});
  if (made && *made)
    for (std::size_t d = 0; d < x->size(); ++d)
      if ((**made)[d].is_unknown() && !(*x)[d].is_unknown()) {
        call.depends_on_data();
        break;
      }
  settle(call, made);
}

}  // namespace alidade::onnx_file
