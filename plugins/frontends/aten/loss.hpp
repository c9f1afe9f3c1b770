#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {

/// What a loss makes of its elements: 0 for each of them, 1 for their mean, 2 for their sum.
[[nodiscard]] std::int64_t reduction_of(Operation& o);

/// The nodes of a loss, all of one type until the reduction.
class Loss : public Elements {
 public:
  using Elements::Elements;
  ValueId argument(std::string_view name) { return o.has(name) ? o.operand(name) : number("1"); }

  /// The last node, and the mean or the sum behind it.
  void end(Op op, std::initializer_list<ValueId> inputs) {
    const auto reduction = reduction_of(o);
    if (reduction == 0) return void(o.emit(op, inputs));
    o.emit(reduction == 2 ? Op::reduce_sum : Op::reduce_mean, {(*this)(op, inputs)}, AxesAttrs{});
  }
  /// With the weight of each element, where there is one.
  void end_weighted(Op op, std::initializer_list<ValueId> inputs, ValueId weight) {
    if (!weight.valid()) return end(op, inputs);
    end(Op::mul, {(*this)(op, inputs), weight});
  }
};

/// Of rows, their mean or sum, or each.
void end_rows(Operation& o, Op op, std::initializer_list<ValueId> inputs, TypeId rows, Steps& s);

}  // namespace alidade::aten
