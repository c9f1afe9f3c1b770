// Reductions and running sums.
#include "rules.hpp"

namespace alidade::aten {
namespace {

AxesAttrs along(Operation& o, ValueId x, std::string_view dim) {
  return {o.weave().builder.ints(o.axes(x, dim)), o.flag("keepdim", false) ? 1 : 0};
}

void reduce(Operation& o, Op op) {
  const ValueId x = subject(o);
  o.emit(op, {x}, along(o, x, "dim"));
}

/// max(x, y) is element by element, max(x) and max(x, dim) reduce.
void extremum(Operation& o, Op op) {
  if (o.overload() != "other") return reduce(o, op);
  two_operands(o, o.base().starts_with("max") ? Op::maximum : Op::minimum);
}

constexpr Rule kRules[] = {
    {"sum", Op::reduce_sum, reduce},
    {"nansum", Op::reduce_sum, reduce},
    {"mean", Op::reduce_mean, reduce},
    {"nanmean", Op::reduce_mean, reduce},
    {"max", Op::reduce, extremum},
    {"min", Op::reduce, extremum},
    {"amax", Op::reduce, reduce},
    {"amin", Op::reduce, reduce},
    {"aminmax", Op::reduce, reduce},
    {"prod", Op::reduce, reduce},
    {"any", Op::reduce, reduce},
    {"all", Op::reduce, reduce},
    {"var", Op::reduce, reduce},
    {"std", Op::reduce, reduce},
    {"var_mean", Op::reduce, reduce},
    {"std_mean", Op::reduce, reduce},
    {"norm", Op::reduce, reduce},
    {"linalg_norm", Op::reduce, reduce},
    {"linalg_vector_norm", Op::reduce, reduce},
    {"frobenius_norm", Op::reduce, reduce},
    {"logsumexp", Op::reduce, reduce},
    {"count_nonzero", Op::reduce, reduce},
    {"argmax", Op::arg_reduce, reduce},
    {"argmin", Op::arg_reduce, reduce},
    {"cumsum", Op::cumulative, reduce},
    {"cumprod", Op::cumulative, reduce},
    {"cummax", Op::cumulative, reduce},
    {"cummin", Op::cumulative, reduce},
    {"logcumsumexp", Op::cumulative, reduce},
    {"diff", Op::cumulative, reduce},
};

}  // namespace

std::span<const Rule> reduction_rules() { return kRules; }

}  // namespace alidade::aten
