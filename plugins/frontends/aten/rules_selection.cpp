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

/// All elements as one row.
ValueId flat(Operation& o, Steps& s, ValueId x) {
  if (o.rank(x) == 1) return x;
  const auto elements = o.type(x).elements();
  const auto count = elements ? elements->get() : std::nullopt;
  return s(Op::reshape, {x}, type_of(o, x, {count ? Dim(static_cast<std::int64_t>(*count)) : Dim()}));
}

/// Without an axis all elements are one row.
void ordered_all(Operation& o, Op op) {
  if (o.has("dim")) return ordered(o, op);
  Steps s(o);
  o.emit(op, {flat(o, s, first_operand(o))}, axes_attrs(o, {0}));
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
  const ValueId row = flat(o, s, others);
  o.emit(op, {s(Op::sort, {row}, o.draft().type_id(row), axes_attrs(o, {0})), elements});
}
/// One more, or the weight, in the cell of each element or row; a density is divided by their sum and by the
/// size of the cell.
void counted(Operation& o, Steps& s, Op op, ValueId cells) {
  const ValueId weight = o.tensor("weight"), one = number_beside(o, first_operand(o), "1");
  const ValueId each = weight.valid() ? weight : s(Op::expand, {one}, type_of(o, one, dims_of(o, cells)));
  const ValueId zeros = s(Op::constant, {}, o.result_type());
  if (!o.flag("density", false)) return void(o.emit(op, {zeros, cells, each}, ScatterAttrs{0, 1}));
  const ValueId sums = s(op, {zeros, cells, each}, o.result_type(), ScatterAttrs{0, 1});
  const ValueId shares = s(Op::div, {sums, reduced(o, s, Op::reduce_sum, sums, {})}, o.result_type());
  o.emit(Op::div, {shares, number_beside(o, sums, "size")});
}

/// The borders' search for every element, and one more in its bin.
void histogram(Operation& o, Op op) {
  const ValueId x = first_operand(o), borders = o.has("bins") ? o.tensor("bins") : ValueId();
  Steps s(o);
  const ValueId edges = borders.valid() ? borders : s(Op::range, {}, o.result_type(1));
  const ValueId places = s(Op::search, {edges, x}, o.draft().types.make(Dtype::i64, dims_of(o, x)));
  counted(o, s, op, places);
}

/// The same of rows, each with a search along every column: the cell is counted up row by row.
void histogram_of_rows(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  auto dims = dims_of(o, x);
  if (dims.empty()) return unknown(o);
  dims.pop_back();
  Steps s(o);
  const TypeId places = o.draft().types.make(Dtype::i64, dims), column = type_of(o, x, dims);
  const auto borders = o.overload() == "TensorList_bins" ? o.tensors("bins") : std::vector<ValueId>{};
  ValueId cell;
  for (std::size_t axis = 0; axis + 1 < o.results(); ++axis) {
    const ValueId edges = axis < borders.size() ? borders[axis] : s(Op::range, {}, o.result_type(axis + 1));
    const ValueId place = s(Op::search, {edges, s(Op::slice, {x}, column)}, places);
    cell = cell.valid()
               ? s(Op::add, {s(Op::mul, {cell, number_beside(o, place, "bins")}, places), place}, places)
               : place;
  }
  if (!cell.valid()) return unknown(o);
  counted(o, s, op, cell);
}

/// Rows in order; for each result the two neighbours of its place, and the way between them.
void quantile(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  Steps s(o);
  ValueId row = x;
  std::vector<std::int64_t> axes{o.axis(x, o.integer("dim", 0))};
  if (!o.has("dim")) {
    row = flat(o, s, x);
    axes = {0};
  }
  const ValueId sorted = s(Op::sort, {row}, o.draft().type_id(row), axes_attrs(o, axes));
  const TypeId made = o.result_type();
  const auto neighbour = [&] { return s(Op::gather, {sorted, o.operand("q")}, made, axes_attrs(o, axes)); };
  const ValueId below = neighbour(), above = neighbour();
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
    {"histogramdd", Op::scatter, histogram_of_rows},
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
