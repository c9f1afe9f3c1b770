// Sorting and selecting.
#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

void ordered(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const std::int64_t axes[] = {o.axis(x, o.integer("dim", -1))};
  o.emit(op, {x}, AxesAttrs{o.draft().builder.ints(axes), 0});
}

/// Without an axis all elements are one row.
void ordered_all(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  if (o.has("dim")) return ordered(o, op);
  Steps s(o);
  const auto elements = o.type(x).elements();
  const auto count = elements ? elements->get() : std::nullopt;
  const Dim all = count ? Dim(static_cast<std::int64_t>(*count)) : Dim();
  const ValueId row = o.rank(x) == 1 ? x : s(Op::reshape, {x}, type_of(o, x, {all}));
  o.emit(op, {row}, axes_attrs(o, {0}));
}
void ordered_first(Operation& o, Op op) { o.emit(op, {first_operand(o)}, axes_attrs(o, {0})); }

/// Neighbours alone are compared.
void consecutive(Operation& o, Op) { o.emit(Op::nonzero, {first_operand(o)}); }

/// Where each value belongs among the sorted ones.
void search(Operation& o, Op op) {
  const bool buckets = o.has("boundaries");
  o.emit(op, {o.tensor(buckets ? "boundaries" : "sorted_sequence"), o.operand("self")});
}

/// Each element among the others, once those are in order.
void membership(Operation& o, Op op) {
  const bool one = !o.has("test_elements");
  const ValueId others = o.operand(one ? "test_element" : "test_elements");
  const ValueId elements = o.operand(std::size_t{0});
  if (o.rank(others) == 0) return void(o.emit(Op::compare, {elements, others}));
  Steps s(o);
  const ValueId sorted =
      s(Op::sort, {others}, o.draft().type_id(others), axes_attrs(o, {o.rank(others) - 1}));
  o.emit(op, {sorted, elements});
}
/// The borders' search for every element, and one more in its bin.
void histogram(Operation& o, Op op) {
  const ValueId x = first_operand(o), borders = o.has("bins") ? o.tensor("bins") : ValueId();
  Steps s(o);
  const ValueId edges = borders.valid() ? borders : s(Op::range, {}, o.result_type(1));
  const ValueId places = s(Op::search, {edges, x}, o.draft().types.make(Dtype::i64, dims_of(o, x)));
  const ValueId zeros = s(Op::constant, {}, o.result_type());
  o.emit(op, {zeros, places, number_beside(o, x, "1")}, ScatterAttrs{0, 1});
}

/// Rows in order; for each result the two neighbours of its place, and the way between them.
void quantile(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  Steps s(o);
  ValueId row = x;
  std::vector<std::int64_t> axes{o.axis(x, o.integer("dim", 0))};
  if (!o.has("dim")) {
    const auto elements = o.type(x).elements();
    const auto count = elements ? elements->get() : std::nullopt;
    row = s(Op::reshape, {x}, type_of(o, x, {count ? Dim(static_cast<std::int64_t>(*count)) : Dim()}));
    axes = {0};
  }
  const ValueId sorted = s(Op::sort, {row}, o.draft().type_id(row), axes_attrs(o, axes));
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
    {"searchsorted", Op::search, search},
    {"bucketize", Op::search, search},
    {"isin", Op::search, membership},
    {"histogram", Op::scatter, histogram},
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
