// Sorting and selecting.
#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

void ordered(Operation& o, Op op) {
  const ValueId x = subject(o);
  const std::int64_t axes[] = {o.axis(x, o.integer("dim", -1))};
  o.emit(op, {x}, AxesAttrs{o.weave().builder.ints(axes), 0});
}

/// Without an axis all elements are one row.
void ordered_all(Operation& o, Op op) {
  const ValueId x = subject(o);
  if (o.has("dim")) return ordered(o, op);
  Steps s(o);
  const auto elements = o.type(x).elements();
  const auto count = elements ? elements->get() : std::nullopt;
  const Dim all = count ? Dim(static_cast<std::int64_t>(*count)) : Dim();
  const ValueId row = o.rank(x) == 1 ? x : s(Op::reshape, {x}, type_of(o, x, {all}));
  o.emit(op, {row}, axes_attrs(o, {0}));
}
void ordered_first(Operation& o, Op op) { o.emit(op, {subject(o)}, axes_attrs(o, {0})); }

/// Neighbours alone are compared.
void consecutive(Operation& o, Op) { o.emit(Op::nonzero, {subject(o)}); }

/// Rows in order; for each result the two neighbours of its place, and the way between them.
void quantile(Operation& o, Op op) {
  const ValueId x = subject(o);
  Steps s(o);
  ValueId row = x;
  std::vector<std::int64_t> axes{o.axis(x, o.integer("dim", 0))};
  if (!o.has("dim")) {
    const auto elements = o.type(x).elements();
    const auto count = elements ? elements->get() : std::nullopt;
    row = s(Op::reshape, {x}, type_of(o, x, {count ? Dim(static_cast<std::int64_t>(*count)) : Dim()}));
    axes = {0};
  }
  const ValueId sorted = s(Op::sort, {row}, o.weave().type_id(row), axes_attrs(o, axes));
  const TypeId made = o.result_type();
  const ValueId below = s(Op::slice, {sorted}, made), above = s(Op::slice, {sorted}, made);
  const ValueId way = s(Op::sub, {above, below}, made);
  o.emit(op, {below, s(Op::mul, {way, number_beside(o, x, "share")}, made)});
}

constexpr Rule kRules[] = {
    {"topk", Op::topk, ordered},
    {"kthvalue", Op::sort, ordered},
    {"sort", Op::sort, ordered},
    {"argsort", Op::sort, ordered},
    {"msort", Op::sort, ordered_first},
    {"median", Op::sort, ordered_all},
    {"nanmedian", Op::sort, ordered_all},
    {"mode", Op::sort, ordered},
    {"unique_dim", Op::sort, ordered},
    {"_unique2", Op::sort, ordered_all},
    {"_unique", Op::sort, ordered_all},
    {"unique_consecutive", Op::nonzero, consecutive},
    {"quantile", Op::add, quantile},
    {"nanquantile", Op::add, quantile},
    {"combinations", Op::nonzero, first_tensor},
    {"to_sparse", Op::nonzero, first_tensor},
    {"nonzero", Op::nonzero, first_tensor},
    {"nonzero_static", Op::nonzero, first_tensor},
    {"nonzero_numpy", Op::nonzero, first_tensor},
    {"argwhere", Op::nonzero, first_tensor},
    {"masked_select", Op::nonzero, every_tensor},
    {"torchvision.nms", Op::nms, every_tensor},
};

}  // namespace

std::span<const Rule> selection_rules() { return kRules; }

}  // namespace alidade::aten
