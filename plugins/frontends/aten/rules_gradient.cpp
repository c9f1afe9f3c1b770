// Integrals and derivatives of sampled functions.
#include <algorithm>
#include <limits>

#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

/// One less along the axis that neighbours are taken of.
TypeId between(Operation& o, ValueId y, std::int64_t axis) {
  auto dims = dims_of(o, y);
  if (axis >= 0 && static_cast<std::size_t>(axis) < dims.size()) {
    auto& dim = dims[static_cast<std::size_t>(axis)];
    dim = dim.is_known() ? Dim(std::max<std::int64_t>(dim.size() - 1, 0)) : Dim();
  }
  return type_of(o, y, dims);
}

/// The mean of two neighbours times their distance; the sum of all, or the running sum.
void trapezoid(Operation& o, Op op) {
  const ValueId y = o.tensor("y"), x = o.tensor("x");
  const auto axis = o.axis(y, o.integer("dim", -1));
  const TypeId type = between(o, y, axis);
  Steps s(o);
  const auto part = [&](ValueId of, std::int64_t along, TypeId made, std::int64_t from, std::int64_t to) {
    const std::int64_t axes[] = {along}, starts[] = {from}, ends[] = {to}, steps[] = {1};
    auto& b = o.draft().builder;
    return s(Op::slice, {of}, made, SliceAttrs{b.ints(axes), b.ints(starts), b.ints(ends), b.ints(steps)});
  };
  const auto neighbours = [&](Op what, ValueId of, TypeId made, std::int64_t along) {
    constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
    return s(what, {part(of, along, made, 1, kEnd), part(of, along, made, 0, -1)}, made);
  };
  const ValueId sums = neighbours(Op::add, y, type, axis);
  const auto x_axis = o.rank(x) == o.rank(y) ? axis : 0;
  const ValueId steps = x.valid()
                            ? along_axis(o, s, neighbours(Op::sub, x, between(o, x, x_axis), x_axis), y, axis)
                        : o.has("dx") ? o.operand("dx")
                                      : number_beside(o, y, "1");
  const ValueId areas = s(Op::mul, {s(Op::mul, {sums, steps}, type), number_beside(o, y, "0.5")}, type);
  o.emit(op, {areas}, axes_attrs(o, {axis}));
}

/// Differences of the neighbours on both sides, divided by how far they are apart; one result for each
/// dimension.
void gradient(Operation& o, Op op) {
  const ValueId y = first_operand(o);
  const TypeId type = o.draft().type_id(y);
  Steps s(o);
  std::vector<ValueId> made;
  for (std::size_t i = 0; i < o.results(); ++i) {
    const ValueId apart = s(Op::sub, {y, y}, type);
    made.push_back(s(op, {apart, number_beside(o, y, "2")}, type));
  }
  o.emit(Op::expand, made);
}

constexpr Rule kRules[] = {
    {"trapz", Op::reduce_sum, trapezoid},
    {"trapezoid", Op::reduce_sum, trapezoid},
    {"cumulative_trapezoid", Op::cumulative, trapezoid},
    {"gradient", Op::div, gradient},
};

}  // namespace

std::span<const Rule> gradient_rules() { return kRules; }

}  // namespace alidade::aten
