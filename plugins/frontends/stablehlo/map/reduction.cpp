// Reductions: what a region does with an accumulator and an element is one step for each element.
#include <algorithm>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

Op reduction(Call& call) {
  const auto applied = call.applied();
  if (applied.ends_with(".add")) return Op::reduce_sum;
  if (!applied.empty()) return Op::reduce;
  // Two operands, compared and selected: a place is looked for.
  const auto& regions = call.operation().regions;
  const auto compares = [](const Operation& op) { return op.name.ends_with(".compare"); };
  const bool searches =
      call.operands() == 4 && !regions.empty() && std::ranges::any_of(regions[0].operations, compares);
  return searches ? Op::arg_reduce : Op::reduce;
}

void reduce(Call& call) {
  const auto dims = call.dimensions({"dimensions"}, call.rank(0));
  if (call.failed()) return;
  const std::size_t n = call.operands() / 2;
  if (n == 0 || call.operands() != 2 * n)
    return call.reject("has " + std::to_string(call.operands()) +
                       " operands, which are no tensors and as many values to begin with");
  for (std::size_t k = 0; k < n && k < call.results(); ++k)
    call.settle(k, dims.empty() ? Result<Shape>(call.shape(k)) : infer::reduce(call.shape(k), dims, false));
  if (dims.empty() && n == 1) return void(call.emit(Op::identity, {call.in(0)}));
  std::vector<ValueId> tensors;
  for (std::size_t i = 0; i < n; ++i) tensors.push_back(call.in(i));
  call.emit(reduction(call), tensors, AxesAttrs{call.list(dims), 0});
}

std::int64_t axis_of(Call& call, Names names) {
  const auto axis = call.integer(names, -1);
  const auto rank = static_cast<std::int64_t>(call.rank(0));
  return axis < 0 ? axis + rank : axis;
}

/// Rows of any number of tensors, ordered together.
void sort(Call& call) {
  const Integers axes{axis_of(call, {"dimension"})};
  if (call.rank(0) > 0 && !call.are_dimensions(axes, call.rank(0))) return;
  for (std::size_t k = 0; k < call.operands() && k < call.results(); ++k) call.settle(k, call.shape(k));
  call.emit(Op::sort, call.ins(), AxesAttrs{call.list(call.rank(0) > 0 ? axes : Integers{}), 0});
}

void topk(Call& call) {
  const Integers axes{static_cast<std::int64_t>(call.rank(0)) - 1};
  call.emit(Op::topk, {call.in(0)}, AxesAttrs{call.list(axes), 0});
}

/// Sharing one result with a region is an elementwise function of scalars.
void map(Call& call) {
  const auto applied = call.applied();
  const Rule* rule = rule_of(applied);
  if (rule != nullptr && class_of(rule->op) == OpClass::elementwise)
    return void(call.emit(rule->op, call.ins()));
  call.reading().note_opaque(call.name());
  call.opaque();
}

constexpr Rule kRules[] = {
    {"stablehlo.reduce", Op::reduce, 1, reduce},
    {"stablehlo.sort", Op::sort, 1, sort},
    {"chlo.top_k", Op::topk, 1, topk},
    {"stablehlo.map", Op::unary, 1, map},
};

}  // namespace

std::span<const Rule> reduction_rules() { return kRules; }

}  // namespace alidade::stablehlo
