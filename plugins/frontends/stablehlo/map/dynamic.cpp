// Sizes that the program computes: they are followed, so that a shape is known where they are.
#include <algorithm>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

/// The dimensions that an operand lists, as far as they are known.
Shape listed(Call& call, std::size_t operand) {
  const auto* sizes = call.literal(operand);
  if (sizes == nullptr) return {};
  std::vector<Dim> dims;
  for (const auto& n : sizes->elements) {
    if (n.is_number() && n.whole < 0)
      call.reject("is asked for a size of " + std::to_string(n.whole) + ", and sizes are not negative");
    dims.push_back(n.as_dim());
  }
  return dims;
}

/// With its shape in an operand.
template <std::size_t kShape>
void shaped(Call& call) {
  call.settle(0, listed(call, kShape));
  call.emit(call.op(), kShape == 0 ? std::vector<ValueId>() : std::vector{call.in(0)});
}

void reshape(Call& call) {
  call.settle(0, listed(call, 1));
  call.emit(Op::reshape, {call.in(0)});
}

void broadcast(Call& call) {
  call.settle(0, listed(call, 1));
  const Rule* rule = rule_of("stablehlo.broadcast_in_dim");
  if (!call.failed()) rule->map(call);
}

void pad(Call& call) {
  const auto *low = call.literal(2), *high = call.literal(3), *inside = call.literal(4);
  std::vector<Dim> dims(call.rank(0));
  auto& s = call.types().sizes;
  const Number one = Number::of(std::int64_t{1});
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (low == nullptr || high == nullptr || inside == nullptr || i >= low->elements.size() ||
        i >= high->elements.size() || i >= inside->elements.size())
      continue;
    const Number size = Number::of(call.type(0).dims[i]);
    const Number gaps = s.multiply(s.subtract(size, one), inside->elements[i]);
    dims[i] = s.add(s.add(size, gaps), s.add(low->elements[i], high->elements[i])).as_dim();
  }
  call.settle(0, Shape(dims));
  call.emit(Op::pad, {call.in(0), call.in(1)});
}

void slice(Call& call) {
  const auto *starts = call.literal(1), *ends = call.literal(2), *steps = call.literal(3);
  std::vector<Dim> dims(call.rank(0));
  auto& s = call.types().sizes;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (starts != nullptr && ends != nullptr && steps != nullptr && i < starts->elements.size() &&
        i < ends->elements.size() && i < steps->elements.size())
      dims[i] =
          s.ceil_divide(s.subtract(ends->elements[i], starts->elements[i]), steps->elements[i]).as_dim();
  call.settle(0, Shape(dims));
  call.emit(Op::slice, {call.in(0)}, SliceAttrs{});
}

/// A size of an operand: known without reading it.
void dimension_size(Call& call) {
  const auto d = call.integer({"dimension", "dim"}, 0);
  if (!call.are_dimensions({d}, call.rank(0))) return;
  call.emit(Op::shape_of, {call.in(0)});
  Literal size;
  size.dtype = call.result(0).dtype,
  size.elements = {Number::of(call.type(0).dims[static_cast<std::size_t>(d)])};
  call.reading().keep_literal(call.made(0), std::move(size));
}

/// A bounded dimension gets its size: the elements stay where they are.
void set_size(Call& call) {
  auto dims = call.shape(0);
  const auto d = call.integer({"dimension", "dim"}, 0);
  if (!call.are_dimensions({d}, call.rank(0))) return;
  const auto* size = call.literal(1);
  (*dims)[static_cast<std::size_t>(d)] =
      size != nullptr && size->elements.size() == 1 ? size->elements[0].as_dim() : Dim();
  call.settle(0, dims);
  call.emit(Op::slice, {call.in(0)}, SliceAttrs{});
}

/// chlo's operators broadcast as numpy does.
void broadcasting(Call& call) {
  Shape all = call.shape(0);
  for (std::size_t i = 1; i < call.operands() && !call.failed(); ++i) {
    auto both = infer::broadcast(call.types().sizes, all, call.shape(i));
    if (!both) return call.reject(both.error().what);
    all = std::move(*both);
  }
  call.settle(0, all);
  call.emit(call.op(), call.ins());
}

constexpr Rule kRules[] = {
    {"stablehlo.dynamic_reshape", Op::reshape, 2, reshape},
    {"stablehlo.dynamic_broadcast_in_dim", Op::expand, 2, broadcast},
    {"stablehlo.dynamic_iota", Op::range, 1, shaped<0>},
    {"stablehlo.dynamic_pad", Op::pad, 5, pad},
    {"stablehlo.real_dynamic_slice", Op::slice, 4, slice},
    {"stablehlo.get_dimension_size", Op::shape_of, 1, dimension_size},
    {"stablehlo.set_dimension_size", Op::slice, 2, set_size},
    {"chlo.broadcast_add", Op::add, 2, broadcasting},
    {"chlo.broadcast_subtract", Op::sub, 2, broadcasting},
    {"chlo.broadcast_multiply", Op::mul, 2, broadcasting},
    {"chlo.broadcast_divide", Op::div, 2, broadcasting},
    {"chlo.broadcast_power", Op::pow, 2, broadcasting},
    {"chlo.broadcast_maximum", Op::maximum, 2, broadcasting},
    {"chlo.broadcast_minimum", Op::minimum, 2, broadcasting},
    {"chlo.broadcast_remainder", Op::binary, 2, broadcasting},
    {"chlo.broadcast_atan2", Op::binary, 2, broadcasting},
    {"chlo.broadcast_complex", Op::binary, 2, broadcasting},
    {"chlo.broadcast_next_after", Op::binary, 2, broadcasting},
    {"chlo.broadcast_polygamma", Op::binary, 2, broadcasting},
    {"chlo.broadcast_zeta", Op::binary, 2, broadcasting},
    {"chlo.broadcast_shift_left", Op::binary, 2, broadcasting},
    {"chlo.broadcast_shift_right_arithmetic", Op::binary, 2, broadcasting},
    {"chlo.broadcast_shift_right_logical", Op::binary, 2, broadcasting},
    {"chlo.broadcast_and", Op::logic, 2, broadcasting},
    {"chlo.broadcast_or", Op::logic, 2, broadcasting},
    {"chlo.broadcast_xor", Op::logic, 2, broadcasting},
    {"chlo.broadcast_compare", Op::compare, 2, broadcasting},
    {"chlo.broadcast_select", Op::where, 3, broadcasting},
};

}  // namespace

std::span<const Rule> dynamic_rules() { return kRules; }

}  // namespace alidade::stablehlo
