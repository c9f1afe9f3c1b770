// Views and data movement: other shapes, other orders, parts, joined, padded and picked elements.
#include <algorithm>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

void reshape(Call& call) {
  if (call.held(0).type == call.result_type(0)) return void(call.emit(Op::identity, {call.in(0)}));
  const auto before = call.type(0).elements(), after = call.result(0).elements();
  if (before && after && before->get() != after->get())
    return call.reject("turns " + call.types().text(call.held(0).type) + " into " +
                       call.types().text(call.result_type(0)) + ", which has another number of elements");
  call.emit(Op::reshape, {call.in(0)});
}

/// Another element type over the same bytes.
void bitcast(Call& call) { call.emit(Op::identity, {call.in(0)}); }

void transpose(Call& call) {
  const auto order = call.dimensions({"permutation", "dims"}, call.rank(0));
  if (call.failed()) return;
  if (order.size() != call.rank(0))
    return call.reject("names " + std::to_string(order.size()) + " of " + std::to_string(call.rank(0)) +
                       " dimensions");
  call.settle(0, infer::transpose(call.shape(0), order));
  if (std::ranges::is_sorted(order)) return void(call.emit(Op::identity, {call.in(0)}));
  call.emit(Op::transpose, {call.in(0)}, PermAttrs{call.list(order)});
}

/// The operand with sizes of 1 where the result has dimensions of its own, then repeated by a view.
void broadcast_to(Call& call, const Integers& places) {
  const auto made = call.result(0);
  if (!made.ranked) return void(call.emit(Op::expand, {call.in(0)}));
  std::vector<Dim> dims(made.rank(), Dim(1));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Dim own = call.type(0).dims[i], wanted = made.dims[static_cast<std::size_t>(places[i])];
    if (own.is_known() && wanted.is_known() && own.size() != 1 && own.size() != wanted.size())
      return call.reject("broadcasts dimension " + std::to_string(i) + " of " + std::to_string(own.size()) +
                         " to " + std::to_string(wanted.size()));
    dims[static_cast<std::size_t>(places[i])] = own;
  }
  const TypeId raised = call.types().make(made.dtype, dims);
  if (raised == call.result_type(0))
    return void(call.emit(raised == call.held(0).type ? Op::identity : Op::reshape, {call.in(0)}));
  // Dimensions of 1 in front are what every reader puts there.
  const auto first = std::ranges::find_if(dims, [](Dim d) { return !d.is_known() || d.size() != 1; });
  const std::span<const Dim> kept(first, dims.end());
  const bool same = std::ranges::equal(kept, call.type(0).dims);
  const bool turned = !std::ranges::is_sorted(places);
  ValueId x = call.in(0);
  if (turned || !same) x = call.view(x, call.held(0).type, raised, "raised");
  call.repeat(x);
}

void broadcast_in_dim(Call& call) {
  const auto places = call.dimensions({"broadcast_dimensions", "dims"}, call.result(0).rank());
  if (call.failed()) return;
  if (call.type(0).ranked && places.size() != call.rank(0))
    return call.reject("places " + std::to_string(places.size()) + " of " + std::to_string(call.rank(0)) +
                       " dimensions");
  broadcast_to(call, call.type(0).ranked ? places : Integers());
}

/// broadcast: new dimensions in front.
void broadcast(Call& call) {
  const auto sizes = call.integers({"broadcast_sizes", "sizes"}).value_or(Integers());
  if (call.failed() || !call.type(0).ranked) return call.opaque();
  if (sizes.size() + call.rank(0) != call.result(0).rank())
    return call.reject("adds " + std::to_string(sizes.size()) + " dimensions, which do not make its result");
  Integers places;
  for (std::size_t i = 0; i < call.rank(0); ++i)
    places.push_back(static_cast<std::int64_t>(sizes.size() + i));
  broadcast_to(call, places);
}

struct Bounds {
  Integers axes, starts, ends, steps;
};

/// "[0:2, 1:3:2]", or three lists.
Bounds bounds_of(Call& call) {
  Bounds b;
  const auto& positional = call.operation().positional;
  if (!positional.empty() && positional[0].kind == AttributeKind::list) {
    for (const auto& range : positional[0].elements) {
      const auto numbers = call.integers_of(range);
      if (numbers.size() < 2 && !call.failed()) call.reject("has a range without an end");
      if (call.failed()) return b;
      b.starts.push_back(numbers[0]), b.ends.push_back(numbers[1]);
      b.steps.push_back(numbers.size() > 2 ? numbers[2] : 1);
    }
  } else {
    b.starts = call.integers({"start_indices"}).value_or(Integers());
    b.ends = call.integers({"limit_indices"}).value_or(Integers());
    b.steps = call.integers({"strides"}).value_or(Integers(b.starts.size(), 1));
  }
  for (std::size_t i = 0; i < b.starts.size(); ++i) b.axes.push_back(static_cast<std::int64_t>(i));
  return b;
}

std::vector<Number> numbers(const Integers& list) {
  std::vector<Number> out;
  for (const auto n : list) out.push_back(Number::of(n));
  return out;
}

void slice(Call& call) {
  const auto b = bounds_of(call);
  if (call.failed()) return;
  if (b.starts.size() != b.ends.size() || b.starts.size() != b.steps.size() ||
      b.starts.size() != call.rank(0))
    return call.reject("has " + std::to_string(b.starts.size()) + " ranges for " +
                       std::to_string(call.rank(0)) + " dimensions");
  for (std::size_t i = 0; i < b.starts.size(); ++i) {
    const Dim size = call.type(0).dims[i];
    if (b.steps[i] < 1 || b.starts[i] < 0 || b.starts[i] > b.ends[i] ||
        (size.is_known() && b.ends[i] > size.size()))
      return call.reject("takes " + std::to_string(b.starts[i]) + ":" + std::to_string(b.ends[i]) + ":" +
                         std::to_string(b.steps[i]) + " of dimension " + std::to_string(i) + ", which has " +
                         (size.is_known() ? std::to_string(size.size()) : "an unknown number of") +
                         " elements");
  }
  const auto starts = numbers(b.starts), ends = numbers(b.ends), steps = numbers(b.steps);
  call.settle(0, infer::slice(call.types().sizes, call.shape(0), {b.axes, starts, ends, steps}));
  call.emit(Op::slice, {call.in(0)},
            SliceAttrs{call.list(b.axes), call.list(b.starts), call.list(b.ends), call.list(b.steps)});
}

/// A part at a place that the data say.
void dynamic_slice(Call& call) { call.emit(Op::slice, call.ins(), SliceAttrs{}); }

/// A tensor with a part of it exchanged.
void dynamic_update_slice(Call& call) {
  call.settle(0, call.shape(0));
  const ValueId place = call.operands() > 2 ? call.in(2) : call.in(1);
  call.emit(Op::scatter, {call.in(0), place, call.in(1)}, ScatterAttrs{0, 0});
}

void concatenate(Call& call) {
  const auto axis = call.integer({"dimension", "dim"}, 0);
  std::vector<Shape> parts;
  for (std::size_t i = 0; i < call.operands(); ++i) parts.push_back(call.shape(i));
  if (axis < 0) return call.reject("joins along dimension " + std::to_string(axis));
  call.settle(0, infer::concat(call.types().sizes, parts, axis));
  const Integers axes{axis};
  if (call.operands() == 1) return void(call.emit(Op::identity, {call.in(0)}));
  call.emit(Op::concat, call.ins(), AxesAttrs{call.list(axes), 0});
}

/// (size - 1) * (interior + 1) + 1 + low + high
void pad(Call& call) {
  const auto low = call.integers({"edge_padding_low", "low"}).value_or(Integers()),
             high = call.integers({"edge_padding_high", "high"}).value_or(Integers()),
             inside = call.integers({"interior_padding", "interior"}).value_or(Integers());
  if (call.failed()) return;
  const auto rank = call.rank(0);
  if (low.size() != rank || high.size() != rank || inside.size() != rank)
    return call.reject("has paddings for " + std::to_string(low.size()) + " of " + std::to_string(rank) +
                       " dimensions");
  std::vector<Dim> made;
  bool is_nothing = true;
  for (std::size_t i = 0; i < rank; ++i) {
    auto& s = call.types().sizes;
    const Number size = Number::of(call.type(0).dims[i]), one = Number::of(std::int64_t{1});
    const Number gaps =
        s.multiply(s.maximum(s.subtract(size, one), Number::of(std::int64_t{0})), Number::of(inside[i]));
    made.push_back(s.add(s.add(size, gaps), s.add(Number::of(low[i]), Number::of(high[i]))).as_dim());
    is_nothing = is_nothing && low[i] == 0 && high[i] == 0 && inside[i] == 0;
  }
  call.settle(0, Shape(made));
  if (is_nothing) return void(call.emit(Op::identity, {call.in(0)}));
  // Only cutting is a view.
  const auto cuts = [](const Integers& list) {
    return std::ranges::all_of(list, [](auto n) { return n <= 0; });
  };
  if (cuts(low) && cuts(high) && cuts(inside)) return void(call.emit(Op::slice, {call.in(0)}, SliceAttrs{}));
  call.emit(Op::pad, call.ins());
}

void reverse(Call& call) {
  call.settle(0, call.shape(0));
  call.emit(Op::rearrange, {call.in(0)});
}

/// The slices that the indices pick, batch dimensions first, each of `slice_sizes`.
void gather(Call& call) {
  Integers axes;
  const auto* numbers = call.attribute({"dimension_numbers"});
  const Fields& fields = numbers != nullptr ? numbers->fields : call.operation().attributes;
  if (const auto* map = find(fields, "start_index_map")) axes = call.integers_of(*map);
  if (call.failed() || !call.are_dimensions(axes, call.rank(0))) return;
  call.emit(Op::gather, {call.in(0), call.in(1)}, AxesAttrs{call.list(axes), 0});
}

void index_select(Call& call) {
  const Integers axes{call.integer({"dim"}, 0)};
  if (!call.are_dimensions(axes, call.rank(0))) return;
  call.emit(Op::gather, {call.in(0), call.in(1)}, AxesAttrs{call.list(axes), 0});
}

/// 0 overwrite, 1 add, 2 multiply, 3 minimum, 4 maximum: what the region does with an element that is there.
std::int64_t update_of(Call& call) {
  const auto applied = call.applied();
  const auto is = [&](std::string_view what) { return applied.ends_with(what); };
  if (is(".multiply") || is(".and")) return 2;
  if (is(".minimum")) return 3;
  if (is(".maximum")) return 4;
  const bool replaces =
      !call.operation().regions.empty() && call.operation().regions[0].operations.size() == 1;
  return replaces ? 0 : 1;
}

/// Operands x..., indices, updates...; several tensors take theirs at the same places.
void scatter(Call& call) {
  const std::size_t n = call.operands() / 2;
  if (call.operands() != 2 * n + 1 || n == 0)
    return call.reject("has " + std::to_string(call.operands()) +
                       " operands, which are no tensors, indices and updates");
  const ScatterAttrs attrs{0, update_of(call)};
  for (std::size_t k = 0; k < n && k < call.results(); ++k) call.settle(k, call.shape(k));
  if (n == 1) return void(call.emit(Op::scatter, {call.in(0), call.in(1), call.in(2)}, attrs));
  for (std::size_t k = 0; k < n && k < call.results(); ++k) {
    Held h;
    h.type = call.result_type(k);
    h.id = call.step(Op::scatter, {call.in(k), call.in(n), call.in(n + 1 + k)}, h.type, std::to_string(k),
                     attrs);
    call.give(k, h);
  }
}

constexpr Rule kRules[] = {
    {"stablehlo.reshape", Op::reshape, 1, reshape},
    {"stablehlo.bitcast_convert", Op::identity, 1, bitcast},
    {"stablehlo.transpose", Op::transpose, 1, transpose},
    {"stablehlo.broadcast_in_dim", Op::expand, 1, broadcast_in_dim},
    {"stablehlo.broadcast", Op::expand, 1, broadcast},
    {"stablehlo.slice", Op::slice, 1, slice},
    {"stablehlo.dynamic_slice", Op::slice, 1, dynamic_slice},
    {"stablehlo.dynamic_update_slice", Op::scatter, 2, dynamic_update_slice},
    {"stablehlo.concatenate", Op::concat, 1, concatenate},
    {"stablehlo.pad", Op::pad, 2, pad},
    {"stablehlo.reverse", Op::rearrange, 1, reverse},
    {"stablehlo.gather", Op::gather, 2, gather},
    {"stablehlo.dynamic_gather", Op::gather, 2, gather},
    {"stablehlo.torch_index_select", Op::gather, 2, index_select},
    {"stablehlo.scatter", Op::scatter, 3, scatter},
};

}  // namespace

std::span<const Rule> movement_rules() { return kRules; }

}  // namespace alidade::stablehlo
