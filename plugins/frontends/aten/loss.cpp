#include "loss.hpp"

namespace alidade::aten {

/// Operators of ATen hold a number, those of torch.nn a word, or they say it by their name.
std::int64_t reduction_of(Operation& o) {
  if (o.base().ends_with("_no_reduction")) return 0;
  const auto word = o.word("reduction");
  if (word.empty()) return o.integer("reduction", 1);
  return word == "none" ? 0 : word == "sum" ? 2 : 1;
}

void end_rows(Operation& o, Op op, std::initializer_list<ValueId> inputs, TypeId rows, Steps& s) {
  const auto reduction = reduction_of(o);
  if (reduction == 0) return void(o.emit(op, inputs));
  o.emit(reduction == 2 ? Op::reduce_sum : Op::reduce_mean, {s(op, inputs, rows)}, AxesAttrs{});
}

}  // namespace alidade::aten
