// How far vectors are apart: differences and products, summed along one dimension.
#include <vector>

#include "rules.hpp"

namespace alidade::aten {
namespace {

/// The type that two operands broadcast to.
TypeId broadcast(Operation& o, ValueId a, ValueId b) {
  const auto left = o.type(a), right = o.type(b);
  if (!left.ranked || !right.ranked) return o.weave().type_id(left.ranked ? b : a);
  const auto &longer = left.rank() >= right.rank() ? left : right,
             &shorter = left.rank() >= right.rank() ? right : left;
  std::vector<Dim> dims(longer.dims.begin(), longer.dims.end());
  for (std::size_t i = 0; i < shorter.rank(); ++i)
    if (auto& dim = dims[dims.size() - 1 - i]; dim.is_known() && dim.size() == 1)
      dim = shorter.dims[shorter.rank() - 1 - i];
  return o.weave().types.make(left.dtype, dims);
}

ValueId along(Operation& o, Op op, ValueId x, std::int64_t axis, std::string_view suffix) {
  const ValueId made = o.step(op, {x}, o.result_type(), suffix);
  const std::int64_t axes[] = {axis};
  auto& builder = o.weave().builder;
  builder.attrs(o.weave().last(), AxesAttrs{builder.ints(axes), 0});
  return made;
}

/// x1 . x2 / (|x1| |x2|)
void cosine(Operation& o, Op op) {
  const ValueId a = o.tensor("x1"), b = o.tensor("x2");
  const auto wide = broadcast(o, a, b);
  const ValueId products = o.step(Op::mul, {a, b}, wide, "products");
  const auto axis = o.axis(products, o.integer("dim", 1));
  const ValueId dot = along(o, Op::reduce_sum, products, axis, "dot");
  const ValueId lengths =
      o.step(Op::mul, {along(o, Op::reduce, a, axis, "length1"), along(o, Op::reduce, b, axis, "length2")},
             o.result_type(), "lengths");
  o.emit(op, {dot, lengths});
}

/// |x1 - x2| along the last dimension.
void pairwise(Operation& o, Op op) {
  const ValueId a = o.tensor("x1"), b = o.tensor("x2");
  const ValueId apart = o.step(Op::sub, {a, b}, broadcast(o, a, b), "difference");
  const std::int64_t axes[] = {o.axis(apart, -1)};
  o.emit(op, {apart}, AxesAttrs{o.weave().builder.ints(axes), o.flag("keepdim", false) ? 1 : 0});
}

constexpr Rule kRules[] = {
    {"cosine_similarity", Op::div, cosine},
    {"pairwise_distance", Op::reduce, pairwise},
};

}  // namespace

std::span<const Rule> distance_rules() { return kRules; }

}  // namespace alidade::aten
