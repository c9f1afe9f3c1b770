// Axes of work on each element alone, and of movement.
#include "axis_list.hpp"

namespace alidade::axis_rules {
namespace {

void pass_all(AxisList& list) {
  for (std::size_t d = 0; d < list.y.rank(); ++d) list.pass(d);
}

/// One scale for each channel, or block of elements along a dimension, stands in other places than the
/// channels of an element-wise operand.
void quantised_axes(AxisList& list) {
  const auto& a = list.o.attrs<QuantAttrs>();
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d).operand(0, d);
    const bool along = a.axis == static_cast<std::int64_t>(d);
    if (along && a.block > 1) axis.size(divided(list.y.dims[d], a.block));
    for (std::size_t i = 1; i < Axis::kOperands; ++i) {
      const auto scale = list.o.in(i);
      if (scale.rank() == 1 && along && scale.dims[0] != Dim(1)) axis.operand(i, 0);
      if (scale.rank() == list.y.rank() && list.y.rank() > 1 && scale.dims[d] != Dim(1)) axis.operand(i, d);
    }
  }
}

void transpose_axes(AxisList& list) {
  const auto perm = list.o.graph.ints(list.o.attrs<PermAttrs>().perm);
  if (perm.size() != list.y.rank()) return;
  for (std::size_t d = 0; d < perm.size(); ++d)
    list.add(list.place(d), list.y.dims[d]).result(d).operand(0, static_cast<std::size_t>(perm[d]));
}

/// Every operand runs along, but where the parts stand one after the other.
void concat_axes(AxisList& list) {
  const auto axes = list.o.graph.ints(list.o.attrs<AxesAttrs>().axes);
  for (std::size_t d = 0; d < list.y.rank(); ++d)
    if (axes.empty() || lists(axes, d))
      list.add(list.place(d), list.y.dims[d]).result(d);
    else
      list.pass(d);
}

/// A dimension that keeps its size stands where it stood, as far as the graph says; any element of another
/// may come from anywhere along it.
void moved_axes(AxisList& list) {
  const auto x = list.o.in(0);
  const bool keeps = x.rank() == list.y.rank() && list.o.op() != Op::rearrange;
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d);
    if (keeps && x.dims[d] == list.y.dims[d] && x.dims[d].is_known()) axis.operand(0, d);
  }
}

/// The dimension that rows are picked along.
std::size_t picked_dim(const AxisList& list) {
  const auto axes = list.o.graph.ints(list.o.attrs<AxesAttrs>().axes);
  return axes.empty() ? 0 : static_cast<std::size_t>(std::max<std::int64_t>(axes[0], 0));
}

/// A part of the table makes the rows that it has, the others are nothing: they add up.
void table_axis(AxisList& list, std::size_t along) {
  list.add(AxisName::table, list.o.in(0).dims[along])
      .operand(0, along)
      .split(Split::reduced)
      .exchanges(bytes_of(list.y));
}

/// Slices data[..., i, ...] for every index, whose dimensions stand in the place of the one picked along.
void slice_picking_axes(AxisList& list, std::size_t along) {
  const auto indices = list.o.in(1).rank();
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d);
    if (d >= along && d < along + indices)
      axis.operand(1, d - along);
    else
      axis.operand(0, d < along ? d : d - indices + 1);
  }
  table_axis(list, along);
}

/// One element for each index, along one dimension of data that has as many: along the others both go on.
void element_picking_axes(AxisList& list, std::size_t along) {
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d).operand(1, d);
    if (d != along && list.o.in(0).dims[d] == list.y.dims[d]) axis.operand(0, d);
  }
  table_axis(list, along);
}

void picking_axes(AxisList& list) {
  const auto data = list.o.in(0).rank(), indices = list.o.in(1).rank(), along = picked_dim(list);
  if (along >= data) return moved_axes(list);
  if (data + indices == list.y.rank() + 1) return slice_picking_axes(list, along);
  if (data == list.y.rank() && indices == data) return element_picking_axes(list, along);
  for (std::size_t d = 0; d < list.y.rank(); ++d) list.add(list.place(d), list.y.dims[d]).result(d);
}

/// Updates may fall anywhere along its axis; along the others only where all three are of one size.
void scatter_axes(AxisList& list) {
  const auto indices = list.o.in(1), updates = list.o.in(2);
  const bool alike = indices.rank() == list.y.rank() && updates.rank() == list.y.rank();
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d).operand(0, d);
    const Dim size = list.y.dims[d];
    const bool along = static_cast<std::int64_t>(d) == list.o.attrs<ScatterAttrs>().axis;
    if (alike && !along && size.is_known() && indices.dims[d] == size && updates.dims[d] == size)
      axis.operand(1, d).operand(2, d);
    else
      axis.split(Split::whole).exchanges(bytes_of(list.o.in(0)));
  }
}

}  // namespace

void place_axes(AxisList& list) {
  switch (list.o.op()) {
    case Op::quantize:
    case Op::dequantize:
      return quantised_axes(list);
    case Op::transpose:
      return transpose_axes(list);
    case Op::concat:
      return concat_axes(list);
    case Op::gather:
    case Op::embedding:
      return picking_axes(list);
    case Op::scatter:
      return scatter_axes(list);
    case Op::pad:
    case Op::tile:
    case Op::rearrange:
      return moved_axes(list);
    default:
      return pass_all(list);
  }
}

}  // namespace alidade::axis_rules
