#include "steps.hpp"

#include <algorithm>

namespace alidade::aten {

Dims dims_of(Operation& o, ValueId v) {
  const auto& type = o.type(v);
  return {type.dims.begin(), type.dims.end()};
}

TypeId type_of(Operation& o, ValueId like, const Dims& dims) {
  return o.draft().types.make(o.type(like).dtype, dims);
}

Dim smaller(Dim a, Dim b) {
  if (a == b) return a;
  return a.is_known() && b.is_known() ? Dim(std::min(a.size(), b.size())) : Dim();
}

ValueId reshaped(Operation& o, Steps& s, ValueId x, const Dims& dims) {
  return dims_of(o, x) == dims ? x : s(Op::reshape, {x}, type_of(o, x, dims));
}

ValueId along_axis(Operation& o, Steps& s, ValueId row, ValueId of, std::int64_t axis) {
  if (o.rank(row) != 1 || o.rank(of) < 2) return row;
  Dims dims(static_cast<std::size_t>(o.rank(of)), Dim(1));
  if (axis >= 0 && static_cast<std::size_t>(axis) < dims.size())
    dims[static_cast<std::size_t>(axis)] = dims_of(o, row)[0];
  return reshaped(o, s, row, dims);
}

TypeId broadcast(Operation& o, ValueId a, ValueId b) {
  const auto left = o.type(a), right = o.type(b);
  if (!left.ranked || !right.ranked) return o.draft().type_id(left.ranked ? b : a);
  const auto &longer = left.rank() >= right.rank() ? left : right,
             &shorter = left.rank() >= right.rank() ? right : left;
  Dims dims(longer.dims.begin(), longer.dims.end());
  for (std::size_t i = 0; i < shorter.rank(); ++i)
    if (auto& dim = dims[dims.size() - 1 - i]; dim.is_known() && dim.size() == 1)
      dim = shorter.dims[shorter.rank() - 1 - i];
  return o.draft().types.make(left.dtype, dims);
}

TypeId reduced_type(Operation& o, ValueId x, const std::vector<std::int64_t>& axes, bool keep) {
  Dims dims;
  const auto all = dims_of(o, x);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool gone = axes.empty() || std::ranges::find(axes, static_cast<std::int64_t>(i)) != axes.end();
    if (!gone) dims.push_back(all[i]);
    if (gone && keep) dims.emplace_back(1);
  }
  return type_of(o, x, dims);
}

AxesAttrs axes_attrs(Operation& o, const std::vector<std::int64_t>& axes, bool keep) {
  return {o.draft().builder.ints(axes), keep ? 1 : 0};
}

ValueId reduced(Operation& o, Steps& s, Op op, ValueId x, const std::vector<std::int64_t>& axes, bool keep) {
  return s(op, {x}, reduced_type(o, x, axes, keep), axes_attrs(o, axes, keep));
}

ValueId number_beside(Operation& o, ValueId x, const std::string& number) {
  return o.draft().scalar(o.type(x).dtype, number);
}

}  // namespace alidade::aten
