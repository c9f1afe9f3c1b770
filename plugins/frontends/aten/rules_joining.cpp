// Tensors joined and taken apart along the first, second or third dimension, whatever their rank was before.
#include <algorithm>
#include <string>

#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

/// Joins parts of a lower rank than the result: each gets dimensions of 1 first, the joined one among them.
void join(Operation& o, Op op, std::int64_t axis) {
  const auto made = o.draft().types[o.result_type()];
  std::vector<ValueId> parts;
  Steps s(o);
  for (const ValueId part : o.tensors("tensors")) {
    const auto& type = o.type(part);
    Dims dims(made.dims.begin(), made.dims.end());
    if (axis >= 0 && static_cast<std::size_t>(axis) < dims.size())
      dims[static_cast<std::size_t>(axis)] = Dim(1);
    const bool whole = type.rank() == made.rank();
    parts.push_back(whole ? part : s(Op::reshape, {part}, o.draft().types.make(type.dtype, dims)));
  }
  o.emit(op, parts, axes_attrs(o, {axis}));
}
void horizontally(Operation& o, Op op) { join(o, op, o.draft().types[o.result_type()].rank() > 1 ? 1 : 0); }
void vertically(Operation& o, Op op) { join(o, op, 0); }
void in_depth(Operation& o, Op op) { join(o, op, 2); }
void as_columns(Operation& o, Op op) { join(o, op, 1); }

void split_at(Operation& o, Op op, std::int64_t axis) {
  o.emit(op, {first_operand(o)}, axes_attrs(o, {axis}));
}
void split_horizontally(Operation& o, Op op) { split_at(o, op, o.rank(first_operand(o)) > 1 ? 1 : 0); }
void split_vertically(Operation& o, Op op) { split_at(o, op, 0); }
void split_in_depth(Operation& o, Op op) { split_at(o, op, 2); }

/// Every combination of one element each: the tensors spread over all of them, side by side. Each takes its
/// length from the others, so that they are its operands, too.
void cartesian(Operation& o, Op op) {
  const auto made = o.draft().types[o.result_type()];
  const auto given = o.tensors("tensors");
  if (given.size() == 1) return void(o.emit(Op::identity, given));
  Dims dims(made.dims.begin(), made.dims.end());
  if (dims.size() == 2) dims[1] = Dim(1);
  std::vector<ValueId> columns;
  for (std::size_t i = 0; i < given.size(); ++i) {
    auto operands = given;
    std::ranges::rotate(operands, operands.begin() + static_cast<std::ptrdiff_t>(i));
    columns.push_back(o.step(Op::expand, operands, o.draft().types.make(made.dtype, dims),
                             "expand" + std::to_string(i + 1)));
  }
  o.emit(op, columns, axes_attrs(o, {1}));
}

constexpr Rule kRules[] = {
    {"hstack", Op::concat, horizontally},      {"vstack", Op::concat, vertically},
    {"row_stack", Op::concat, vertically},     {"dstack", Op::concat, in_depth},
    {"column_stack", Op::concat, as_columns},  {"_chunk_cat", Op::rearrange, every_tensor},
    {"cartesian_prod", Op::concat, cartesian}, {"hsplit", Op::split, split_horizontally},
    {"vsplit", Op::split, split_vertically},   {"dsplit", Op::split, split_in_depth},
};

}  // namespace

std::span<const Rule> joining_rules() { return kRules; }

}  // namespace alidade::aten
