// Windows that are reduced. The table knows pools over the last dimensions of [batch, channels, spatial...];
// views, which cost nothing, put the dimensions that windows run along there.
#include <algorithm>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

constexpr std::size_t kMostSpatial = 3;

struct Window {
  Integers sizes, strides, base_dilations, dilations, low, high;
};

Window window_of(Call& call, std::size_t rank) {
  Window w;
  const auto list = [&](Names names, std::int64_t otherwise, std::size_t length) {
    auto numbers = call.integers(names).value_or(Integers());
    if (numbers.empty()) numbers.assign(length, otherwise);
    if (numbers.size() == 1 && length > 1) numbers.assign(length, numbers[0]);
    if (numbers.size() != length && !call.failed())
      call.reject("has a window of " + std::to_string(numbers.size()) + " entries for " +
                  std::to_string(rank) + " dimensions");
    numbers.resize(length, otherwise);
    return numbers;
  };
  w.sizes = list({"window_dimensions"}, 1, rank), w.strides = list({"window_strides"}, 1, rank);
  w.base_dilations = list({"base_dilations"}, 1, rank), w.dilations = list({"window_dilations"}, 1, rank);
  const auto pads = list({"padding"}, 0, 2 * rank);
  for (std::size_t i = 0; i < rank; ++i) w.low.push_back(pads[2 * i]), w.high.push_back(pads[2 * i + 1]);
  for (const auto* positive : {&w.sizes, &w.strides, &w.base_dilations, &w.dilations})
    for (const auto n : *positive)
      if (n < 1 && !call.failed())
        call.reject("has a window, stride or dilation of " + std::to_string(n) +
                    ", and at least 1 is possible");
  return w;
}

bool moves(const Window& w, std::size_t i) {
  return w.sizes[i] != 1 || w.strides[i] != 1 || w.low[i] != 0 || w.high[i] != 0 || w.base_dilations[i] != 1;
}

/// A window over all that came before along one dimension is a running sum.
std::optional<std::int64_t> runs_along(const Window& w, const TensorType& x) {
  std::optional<std::int64_t> axis;
  for (std::size_t i = 0; i < w.sizes.size(); ++i) {
    if (!moves(w, i)) continue;
    const auto size = x.dims[i];
    const bool whole = size.is_known() && size.size() > 1 && w.sizes[i] == size.size() && w.strides[i] == 1 &&
                       w.base_dilations[i] == 1 && w.dilations[i] == 1 &&
                       w.low[i] + w.high[i] == size.size() - 1 && (w.low[i] == 0 || w.high[i] == 0);
    if (!whole || axis) return std::nullopt;
    axis = static_cast<std::int64_t>(i);
  }
  return axis;
}

/// Dimensions without a window, as one batch, a channel, then those with one.
std::vector<Dim> in_front(Call& call, const TensorType& x, const std::vector<std::size_t>& along) {
  std::vector<Dim> outer;
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (std::ranges::find(along, i) == along.end()) outer.push_back(x.dims[i]);
  std::vector<Dim> dims{infer::product(call.types().sizes, outer).as_dim(), Dim(1)};
  if (outer.size() == 2) dims = outer;
  for (const auto i : along) dims.push_back(x.dims[i]);
  return dims;
}

Spatial picked(const Integers& list, const std::vector<std::size_t>& along, std::int64_t less = 0) {
  Spatial s;
  s.rank = static_cast<std::int64_t>(along.size());
  for (std::size_t i = 0; i < along.size(); ++i) s.at[i] = list[along[i]] - less;
  return s;
}

/// The places that windows make of a dimension.
Dim places(Call& call, const Window& w, std::size_t i, Dim size) {
  auto& s = call.types().sizes;
  const Number one = Number::of(std::int64_t{1});
  const Number dilated =
      s.add(s.multiply(s.subtract(Number::of(size), one), Number::of(w.base_dilations[i])), one);
  const Number reach = s.add(s.multiply(Number::of(w.sizes[i] - 1), Number::of(w.dilations[i])), one);
  const Number room = s.subtract(s.add(dilated, s.add(Number::of(w.low[i]), Number::of(w.high[i]))), reach);
  if (size.is_known() && size.size() == 0) return {};
  if (room.is_number() && room.whole < 0) return Dim(0);
  return s.add(s.floor_divide(room, Number::of(w.strides[i])), one).as_dim();
}

/// Elements between those of the operand.
ValueId spread(Call& call, ValueId x, const Window& w, std::vector<Dim>& dims,
               const std::vector<std::size_t>& along) {
  auto& s = call.types().sizes;
  bool any = false;
  const Number one = Number::of(std::int64_t{1});
  for (std::size_t i = 0; i < along.size(); ++i) {
    if (w.base_dilations[along[i]] == 1) continue;
    auto& dim = dims[dims.size() - along.size() + i];
    dim = s.add(s.multiply(s.subtract(Number::of(dim), one), Number::of(w.base_dilations[along[i]])), one)
              .as_dim();
    any = true;
  }
  return any ? call.step(Op::pad, {x}, call.types().make(call.type(0).dtype, dims), "dilated") : x;
}

PoolAttrs pool(const Window& w, const std::vector<std::size_t>& along) {
  PoolAttrs a;
  a.kernel = picked(w.sizes, along), a.strides = picked(w.strides, along),
  a.dilations = picked(w.dilations, along);
  a.pads_begin = picked(w.low, along), a.pads_end = picked(w.high, along);
  return a;
}

/// One operand after the other, one result each; every tap is one step, whatever the step is.
void pooled(Call& call, std::size_t k, const Window& w, const std::vector<std::size_t>& along) {
  const auto what = k == 0 ? std::string("window") : "window" + std::to_string(k);
  auto dims = in_front(call, call.type(k), along);
  ValueId x =
      call.view(call.in(k), call.held(k).type, call.types().make(call.type(k).dtype, dims), what + "_input");
  x = spread(call, x, w, dims, along);
  const TypeId made = call.types().make(call.result(k).dtype, in_front(call, call.result(k), along));
  if (call.results() == 1 && made == call.result_type(k))
    return void(call.emit(Op::max_pool, std::vector{x}, pool(w, along)));
  ValueId result = call.step(Op::max_pool, {x}, made, what, pool(w, along));
  if (call.results() == 1) return void(call.emit(Op::reshape, {result}));
  Held h;
  h.type = call.result_type(k);
  h.id = call.view(result, made, h.type, what + "_result");
  call.give(k, h);
}

void reduce_window(Call& call) {
  const auto rank = call.rank(0);
  const Window w = window_of(call, rank);
  const std::size_t n = call.operands() / 2;
  if (call.failed()) return;
  if (n == 0 || call.operands() != 2 * n || call.results() != n)
    return call.reject("has " + std::to_string(call.operands()) + " operands and " +
                       std::to_string(call.results()) +
                       " results, which are no tensors and as many values to begin with");
  std::vector<std::size_t> along;
  for (std::size_t i = 0; i < rank; ++i)
    if (moves(w, i)) along.push_back(i);
  for (std::size_t k = 0; k < n; ++k) {
    if (call.rank(k) != rank) return call.reject("has operands of different ranks");
    std::vector<Dim> made;
    for (std::size_t i = 0; i < rank; ++i) made.push_back(places(call, w, i, call.type(k).dims[i]));
    call.settle(k, Shape(made));
  }
  if (call.failed()) return;
  if (along.empty()) {  // every window is one element
    for (std::size_t k = 0; k < n; ++k) call.give(k, call.held(k));
    return;
  }
  if (const auto axis = runs_along(w, call.type(0)); axis && n == 1)
    return void(call.emit(Op::cumulative, {call.in(0)}, AxesAttrs{call.list({*axis}), 0}));
  if (along.size() > kMostSpatial) {
    call.reading().note_opaque(call.name());
    return call.opaque();
  }
  if (call.applied().ends_with(".add")) call.foreign(std::string(call.name()) + ".add");
  for (std::size_t k = 0; k < n && !call.failed(); ++k) pooled(call, k, w, along);
}

/// The gradient of a pool: in every window one element is chosen, which takes a comparison for each tap, and
/// what comes is added at its place.
void select_and_scatter(Call& call) {
  const Window w = window_of(call, call.rank(0));
  if (call.failed()) return;
  call.settle(0, call.shape(0));
  std::vector<std::size_t> along;
  for (std::size_t i = 0; i < call.rank(0); ++i)
    if (moves(w, i)) along.push_back(i);
  if (along.size() > kMostSpatial || along.empty() || call.rank(1) != call.rank(0)) {
    call.reading().note_opaque(call.name());
    return call.opaque();
  }
  const auto dims = in_front(call, call.type(0), along), chosen = in_front(call, call.type(1), along);
  const ValueId x =
      call.view(call.in(0), call.held(0).type, call.types().make(call.type(0).dtype, dims), "input");
  const ValueId places =
      call.step(Op::max_pool, {x}, call.types().make(call.type(0).dtype, chosen), "chosen", pool(w, along));
  const ValueId zeros = call.step(Op::constant, std::span<const ValueId>(), call.result_type(0), "zeros");
  call.emit(Op::scatter, {zeros, places, call.in(1)}, ScatterAttrs{0, 1});
}

constexpr Rule kRules[] = {
    {"stablehlo.reduce_window", Op::max_pool, 2, reduce_window},
    {"stablehlo.select_and_scatter", Op::scatter, 3, select_and_scatter},
};

}  // namespace

std::span<const Rule> window_rules() { return kRules; }

}  // namespace alidade::stablehlo
