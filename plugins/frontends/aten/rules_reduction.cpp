// Reductions and running sums.
#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

AxesAttrs along(Operation& o, ValueId x, std::string_view dim) {
  return {o.draft().builder.ints(o.axes(x, dim)), o.flag("keepdim", false) ? 1 : 0};
}

void reduce(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  o.emit(op, {x}, along(o, x, "dim"));
}

/// max(x, y) is element by element, max(x) and max(x, dim) reduce.
void extremum(Operation& o, Op op) {
  if (o.overload() != "other") return reduce(o, op);
  two_operands(o, o.base().starts_with("max") ? Op::maximum : Op::minimum);
}

/// Along the dimensions that the result does not have, or has as 1.
void to_size(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto made = o.draft().types[o.result_type()];
  const auto all = dims_of(o, x);
  if (made.rank() > all.size()) return every_tensor(o, Op::opaque);
  const auto lead = all.size() - made.rank();
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i < lead || made.dims[i - lead] != all[i]) axes.push_back(static_cast<std::int64_t>(i));
  if (axes.empty()) return void(o.emit(Op::identity, {x}));
  o.emit(op, {x}, axes_attrs(o, axes, lead == 0));
}

/// The sum of the diagonal.
void trace(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto dims = dims_of(o, x);
  Steps s(o);
  const Dim length = dims.size() == 2 ? smaller(dims[0], dims[1]) : Dim();
  o.emit(op, {s(Op::slice, {x}, type_of(o, x, {length}))}, axes_attrs(o, {0}));
}

/// Each slice's norm, a factor from it, and the slice times that.
void renorm(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto kept = o.axis(x, o.integer("dim", 0));
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 0; i < o.rank(x); ++i)
    if (i != kept) axes.push_back(i);
  Steps s(o);
  const ValueId norms = reduced(o, s, Op::reduce, x, axes, true);
  const TypeId rows = o.draft().type_id(norms);
  const ValueId above = s(Op::compare, {norms, o.operand("maxnorm")}, rows);
  const ValueId factor =
      s(Op::where, {above, s(Op::div, {o.operand("maxnorm"), norms}, rows), number_beside(o, x, "1")}, rows);
  o.emit(op, {x, factor});
}

/// The rows that the indices pick are brought to a norm of at most so much, in their places.
void renorm_rows(Operation& o, Op op) {
  const ValueId table = o.tensor("self"), indices = o.tensor("indices");
  auto dims = dims_of(o, indices);
  const auto table_dims = dims_of(o, table);
  dims.push_back(table_dims.empty() ? Dim() : table_dims.back());
  const TypeId picked = type_of(o, table, dims);
  Steps s(o);
  const ValueId rows = s(Op::gather, {table, indices}, picked, axes_attrs(o, {0}));
  const ValueId norms = reduced(o, s, Op::reduce, rows, {static_cast<std::int64_t>(dims.size()) - 1}, true);
  const ValueId factor = s(Op::div, {o.operand("max_norm"), norms}, o.draft().type_id(norms));
  o.emit(op, {table, indices, s(Op::mul, {rows, factor}, picked)}, ScatterAttrs{0, 0});
}

/// Segments of the data, one result for each.
void segments(Operation& o, Op op) {
  const ValueId data = first_operand(o);
  o.emit(op, {data}, axes_attrs(o, {o.integer("axis", 0)}));
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
    {"sum_to_size", Op::reduce_sum, to_size},
    {"trace", Op::reduce_sum, trace},
    {"hash_tensor", Op::reduce, reduce},
    {"segment_reduce", Op::reduce, segments},
    {"renorm", Op::mul, renorm},
    {"embedding_renorm", Op::scatter, renorm_rows},
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
