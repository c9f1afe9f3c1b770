// How far vectors are apart: differences and products, summed along one dimension.
#include <algorithm>
#include <vector>

#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

ValueId along(Operation& o, Op op, ValueId x, std::int64_t axis, std::string_view suffix) {
  const ValueId made = o.step(op, {x}, o.result_type(), suffix);
  const std::int64_t axes[] = {axis};
  auto& builder = o.draft().builder;
  builder.attrs(o.draft().last(), AxesAttrs{builder.ints(axes), 0});
  return made;
}

/// x1 . x2 / (|x1| |x2|)
void cosine(Operation& o, Op op) {
  const ValueId a = o.tensor("x1"), b = o.tensor("x2");
  const auto wide = broadcast(o, a, b);
  const ValueId products = o.step(Op::mul, {a, b}, wide, "products");
  const auto axis = o.axis(products, o.integer("dim", 1));
  const ValueId dot = along(o, Op::reduce_sum, products, axis, "dot");
  const auto own = [&](ValueId v) {
    return std::max<std::int64_t>(axis - (o.rank(products) - o.rank(v)), 0);
  };
  const ValueId lengths = o.step(
      Op::mul, {along(o, Op::reduce, a, own(a), "length1"), along(o, Op::reduce, b, own(b), "length2")},
      o.result_type(), "lengths");
  o.emit(op, {dot, lengths});
}

/// |x1 - x2| along the last dimension.
void pairwise(Operation& o, Op op) {
  const ValueId a = o.tensor("x1"), b = o.tensor("x2");
  const ValueId apart = o.step(Op::sub, {a, b}, broadcast(o, a, b), "difference");
  const std::int64_t axes[] = {o.axis(apart, -1)};
  o.emit(op, {apart}, AxesAttrs{o.draft().builder.ints(axes), o.flag("keepdim", false) ? 1 : 0});
}

/// |x - y| of all elements.
void distance(Operation& o, Op op) {
  const ValueId a = o.tensor("self"), b = o.tensor("other");
  Steps s(o);
  o.emit(op, {s(Op::sub, {a, b}, broadcast(o, a, b))}, AxesAttrs{});
}

/// PyTorch's choice: the product of the rows, and their own lengths, for Euclidean distances of many rows.
bool by_product(Operation& o, ValueId a, ValueId b) {
  constexpr std::int64_t kMany = 25;
  const auto mode = o.integer("compute_mode", 0);
  const bool many = o.type(a).dim(-2).value_or(0) > kMany || o.type(b).dim(-2).value_or(0) > kMany;
  return o.real("p").value_or(2) == 2 && (mode == 1 || (mode == 0 && many));
}

/// |a|^2 - 2 a b + |b|^2 as one product of rows that are two elements longer.
void distances_by_product(Operation& o, ValueId a, ValueId b) {
  Steps s(o);
  const auto longer = [&](ValueId x, bool scaled) {
    auto dims = dims_of(o, x);
    const std::vector<std::int64_t> last{static_cast<std::int64_t>(dims.size()) - 1};
    const ValueId squares = s(Op::mul, {x, x}, o.draft().type_id(x));
    const ValueId length = reduced(o, s, Op::reduce_sum, squares, last, true);
    const ValueId ones = s(Op::constant, {}, o.draft().type_id(length));
    const ValueId row = scaled ? s(Op::mul, {x, number_beside(o, x, "-2")}, o.draft().type_id(x)) : x;
    dims.back() = dims.back().is_known() ? Dim(dims.back().size() + 2) : Dim();
    return s(Op::concat, {row, length, ones}, type_of(o, x, dims), axes_attrs(o, last));
  };
  const ValueId left = longer(a, true), right = longer(b, false);
  const ValueId squares = s(Op::matmul, {left, right}, o.result_type(), MatmulAttrs{0, 1});
  const ValueId safe = s(Op::clip, {squares}, o.result_type(), ClipAttrs{0});
  o.emit(Op::sqrt, {safe});
}

/// Every row of one side and every row of the other: a difference for each element, and the norm.
void all_distances(Operation& o, Op op) {
  const ValueId a = o.tensor("x1"), b = o.tensor("x2");
  if (by_product(o, a, b)) return distances_by_product(o, a, b);
  auto left = dims_of(o, a), right = dims_of(o, b);
  if (left.size() < 2 || right.size() < 2) return every_tensor(o, Op::opaque);
  const auto made = o.draft().types[o.result_type()];
  Dims pairs(made.dims.begin(), made.dims.end());
  pairs.push_back(left.back());
  left.insert(left.end() - 1, Dim(1)), right.insert(right.end() - 2, Dim(1));
  Steps s(o);
  const ValueId apart = s(Op::sub, {reshaped(o, s, a, left), reshaped(o, s, b, right)}, type_of(o, a, pairs));
  o.emit(op, {apart}, axes_attrs(o, {o.rank(apart) - 1}));
}

/// Every pair of rows of one tensor.
void pair_distances(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto made = o.draft().types[o.result_type()];
  Dims pairs(made.dims.begin(), made.dims.end());
  const auto dims = dims_of(o, x);
  pairs.push_back(dims.empty() ? Dim() : dims.back());
  Steps s(o);
  const TypeId type = type_of(o, x, pairs);
  const ValueId apart = s(Op::sub, {s(Op::expand, {x}, type), s(Op::expand, {x}, type)}, type);
  o.emit(op, {apart}, axes_attrs(o, {1}));
}

constexpr Rule kRules[] = {
    {"cosine_similarity", Op::div, cosine},
    {"pairwise_distance", Op::reduce, pairwise},
    {"dist", Op::reduce, distance},
    {"cdist", Op::reduce, all_distances},
    {"_cdist_forward", Op::reduce, all_distances},
    {"_euclidean_dist", Op::sqrt,
     [](Operation& o, Op) { distances_by_product(o, o.tensor("x1"), o.tensor("x2")); }},
    {"pdist", Op::reduce, pair_distances},
    {"_pdist_forward", Op::reduce, pair_distances},
};

}  // namespace

std::span<const Rule> distance_rules() { return kRules; }

}  // namespace alidade::aten
