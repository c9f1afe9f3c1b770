// Views: the same elements under another shape, or some of them.
#include <limits>

#include "rules.hpp"
#include "saturate.hpp"

namespace alidade::aten {
namespace {

/// A view in another element type is no reshape: the number of elements may differ.
void reshape(Operation& o, Op op) { o.emit(o.overload() == "dtype" ? Op::identity : op, {first_operand(o)}); }

constexpr std::int64_t kUndecided = std::numeric_limits<std::int64_t>::min(),
                       kEnd = std::numeric_limits<std::int64_t>::max();

SliceAttrs part(Operation& o, std::int64_t axis, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (start == kUndecided || end == kUndecided) return {};
  const std::int64_t axes[] = {axis}, starts[] = {start}, ends[] = {end}, steps[] = {step};
  auto& b = o.draft().builder;
  return {b.ints(axes), b.ints(starts), b.ints(ends), b.ints(steps)};
}

/// A bound that is absent (rather than symbolic) is the tensor's own.
std::int64_t bound(Operation& o, std::string_view name, std::int64_t own) {
  return o.has(name) ? o.integer(name, kUndecided) : own;
}

void slice(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  o.emit(op, {x},
         part(o, o.axis(x, o.integer("dim", 0)), bound(o, "start", 0), bound(o, "end", kEnd),
              o.integer("step", 1)));
}
void select(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto index = o.integer("index", kUndecided);
  const auto end = index == kUndecided ? kUndecided : index == -1 ? kEnd : plus(index, 1);
  o.emit(op, {x}, part(o, o.axis(x, o.integer("dim", 0)), index, end, 1));
}
void narrow(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto start = o.integer("start", kUndecided), length = o.integer("length", kUndecided);
  const bool known = start != kUndecided && length != kUndecided;
  o.emit(op, {x},
         part(o, o.axis(x, o.integer("dim", 0)), start, known ? plus(start, length) : kUndecided, 1));
}
/// A view of some elements whose places the attributes cannot state.
void some(Operation& o, Op op) { o.emit(op, {first_operand(o)}, SliceAttrs{}); }

void split(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const std::int64_t axes[] = {o.axis(x, o.integer("dim", 0))};
  o.emit(op, {x}, AxesAttrs{o.draft().builder.ints(axes), 0});
}

constexpr Rule kRules[] = {
    {"view", Op::reshape, reshape},
    {"view_copy", Op::reshape, reshape},
    {"_unsafe_view", Op::reshape, reshape},
    {"view_as", Op::reshape, reshape},
    {"reshape", Op::reshape, reshape},
    {"reshape_as", Op::reshape, reshape},
    {"_reshape_alias", Op::reshape, reshape},
    {"_reshape_copy", Op::reshape, reshape},
    {"flatten", Op::reshape, reshape},
    {"unflatten", Op::reshape, reshape},
    {"ravel", Op::reshape, reshape},
    {"squeeze", Op::reshape, reshape},
    {"squeeze_copy", Op::reshape, reshape},
    {"unsqueeze", Op::reshape, reshape},
    {"unsqueeze_copy", Op::reshape, reshape},
    {"atleast_1d", Op::reshape, every_tensor},
    {"atleast_2d", Op::reshape, every_tensor},
    {"atleast_3d", Op::reshape, every_tensor},
    {"expand", Op::expand, first_tensor},
    {"expand_as", Op::expand, every_tensor},
    {"expand_copy", Op::expand, first_tensor},
    {"broadcast_to", Op::expand, first_tensor},
    {"broadcast_tensors", Op::expand, every_tensor},
    {"meshgrid", Op::expand, every_tensor},
    {"as_strided", Op::expand, first_tensor},
    {"resize", Op::expand, first_tensor},
    {"resize_as", Op::expand, first_tensor},
    {"unfold", Op::expand, first_tensor},
    {"slice", Op::slice, slice},
    {"slice_copy", Op::slice, slice},
    {"select", Op::slice, select},
    {"select_copy", Op::slice, select},
    {"narrow", Op::slice, narrow},
    {"narrow_copy", Op::slice, narrow},
    {"diagonal", Op::slice, some},
    {"diag", Op::slice, some},
    {"linalg_diagonal", Op::slice, some},
    {"real", Op::slice, some},
    {"imag", Op::slice, some},
    {"split", Op::split, split},
    {"split_copy", Op::split, split},
    {"split_with_sizes", Op::split, split},
    {"split_with_sizes_copy", Op::split, split},
    {"unsafe_split", Op::split, split},
    {"unsafe_split_with_sizes", Op::split, split},
    {"chunk", Op::split, split},
    {"unsafe_chunk", Op::split, split},
    {"tensor_split", Op::split, split},
    {"unbind", Op::split, split},
    {"unbind_copy", Op::split, split},
};

}  // namespace

std::span<const Rule> view_rules() { return kRules; }

}  // namespace alidade::aten
