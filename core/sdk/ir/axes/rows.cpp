// Axes of what looks at whole rows: norms, softmax, reductions, scans, selections and transforms.
#include "axis_list.hpp"

namespace alidade::axis_rules {
namespace {

/// A dimension whose rows are summed up before any element of the result is known: so many numbers for each.
void normalised_axis(AxisList& list, AxisName name, std::size_t dim, Size rows, std::uint64_t numbers) {
  list.pass(name, dim).split(Split::reduced).exchanges(sums_of(times(rows, Count(numbers)), list.y.dtype));
}

/// The product of the dimensions of the result for which something holds.
template <class Holds>
Size product_where(const AxisList& list, Holds&& holds) {
  Size out = Count(1);
  for (std::size_t d = 0; d < list.y.rank(); ++d)
    if (holds(d)) out = times(out, size_of(list.y.dims[d]));
  return out;
}

/// Norms of the dimensions from the axis on: a mean and a variance for each row, or one sum of squares.
void trailing_norm_axes(AxisList& list) {
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>(list.o.attrs<NormAttrs>().axis, 0));
  const auto rows = product_where(list, [&](std::size_t d) { return d < first; });
  const std::uint64_t numbers = list.o.op() == Op::layer_norm ? 2 : 1;
  for (std::size_t d = 0; d < list.y.rank(); ++d)
    if (d < first)
      list.pass(d);
    else
      normalised_axis(list, list.place(d), d, rows, numbers);
}

/// Runs an axis through scales and shifts that have one number for each channel.
void through_channels(AxisList& list, NewAxis axis) {
  for (std::size_t i = 1; i < Axis::kOperands; ++i)
    if (list.o.in(i).rank() == 1) axis.operand(i, 0);
}

/// Norms of planes, or of groups of channels: [batch, channels, ...].
void plane_norm_axes(AxisList& list) {
  if (list.y.rank() < 2) return;
  const auto groups = list.o.op() == Op::group_norm ? list.o.attrs<NormAttrs>().groups : -1;
  const Dim planes = groups < 0 ? list.y.dims[1] : Dim(groups);
  const auto sums = sums_of(times(times(size_of(list.y.dims[0]), size_of(planes)), Count(2)), list.y.dtype);
  list.add(AxisName::batch, list.y.dims[0]).result(0).operand(0, 0);
  through_channels(
      list, list.add(groups < 0 ? AxisName::channels : AxisName::groups, planes).result(1).operand(0, 1));
  if (groups > 0)
    through_channels(list, list.add(AxisName::channels, divided(list.y.dims[1], groups))
                               .result(1)
                               .operand(0, 1)
                               .split(Split::reduced)
                               .exchanges(sums));
  for (std::size_t d = 2; d < list.y.rank(); ++d)
    list.add(AxisName::spatial, list.y.dims[d]).result(d).operand(0, d).split(Split::reduced).exchanges(sums);
}

void batch_norm_axes(AxisList& list) {
  const bool trains = list.o.attrs<NormAttrs>().training != 0;
  const auto channels = list.y.rank() > 1 ? size_of(list.y.dims[1]) : Size(1);
  const auto sums = sums_of(times(channels, Count(2)), list.y.dtype);
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d).operand(0, d);
    if (d == 1)
      through_channels(list, axis);
    else if (trains)
      axis.split(Split::reduced).exchanges(sums);
  }
}

/// Each channel is divided by its neighbours; how many, the graph does not say.
void neighbour_norm_axes(AxisList& list) {
  for (std::size_t d = 0; d < list.y.rank(); ++d)
    if (auto axis = list.pass(d); d == 1) axis.split(Split::whole).exchanges(bytes_of(list.o.in(0)));
}

void norm_axes(AxisList& list) {
  switch (list.o.op()) {
    case Op::batch_norm:
      return batch_norm_axes(list);
    case Op::group_norm:
    case Op::instance_norm:
      return plane_norm_axes(list);
    case Op::local_response_norm:
      return neighbour_norm_axes(list);
    default:
      return trailing_norm_axes(list);
  }
}

/// The greatest and the sum of each row.
void softmax_axes(AxisList& list) {
  const auto axes = list.o.graph.ints(list.o.attrs<AxesAttrs>().axes);
  const auto rows = product_where(list, [&](std::size_t d) { return !lists(axes, d); });
  for (std::size_t d = 0; d < list.y.rank(); ++d)
    if (lists(axes, d))
      normalised_axis(list, list.place(d), d, rows, 2);
    else
      list.pass(d);
}

/// Along a row each element waits for those before it: a part gets one slice of the result.
void scan_axes(AxisList& list) {
  const auto axes = list.o.graph.ints(list.o.attrs<AxesAttrs>().axes);
  for (std::size_t d = 0; d < list.y.rank(); ++d) {
    auto axis = list.pass(d);
    if (!lists(axes, d)) continue;
    const auto slice = product_where(list, [&](std::size_t other) { return other != d; });
    const auto bytes = slice ? stored_bytes(*slice, list.y.dtype) : std::nullopt;
    axis.split(Split::scanned).exchanges(bytes);
  }
}

/// Parts make results of their own, put together element by element; a place needs the element as well.
void reduction_axes(AxisList& list) {
  const auto& a = list.o.attrs<AxesAttrs>();
  const auto axes = list.o.graph.ints(a.axes);
  const auto x = list.o.in(0);
  std::vector<std::size_t> kept;
  for (std::size_t d = 0; d < x.rank(); ++d)
    if (!lists(axes, d) || a.keepdims != 0) kept.push_back(d);
  if (kept.size() != list.y.rank()) return;
  for (std::size_t d = 0; d < kept.size(); ++d)
    if (!lists(axes, kept[d]))
      list.add(list.place(kept[d], x.rank()), list.y.dims[d]).result(d).operand(0, kept[d]);
  auto bytes = bytes_of(list.y);
  if (list.o.op() == Op::arg_reduce)
    bytes = plus(bytes, list.y.elements() ? stored_bytes(*list.y.elements(), x.dtype) : std::nullopt);
  for (std::size_t d = 0; d < x.rank(); ++d)
    if (lists(axes, d))
      list.add(list.place(d, x.rank()), x.dims[d]).operand(0, d).split(Split::reduced).exchanges(bytes);
}

/// The best of each part are enough to find the best of all; an order is of all.
void selection_axes(AxisList& list) {
  const Op op = list.o.op();
  const auto x = list.o.in(0);
  if ((op != Op::topk && op != Op::sort) || x.rank() != list.y.rank() || x.rank() == 0) return;
  const auto axes = list.o.graph.ints(list.o.attrs<AxesAttrs>().axes);
  const auto along = axes.empty() ? x.rank() - 1 : static_cast<std::size_t>(axes[0]);
  Size chosen = Count(0);
  for (const ValueId v : list.o.graph.outputs(list.o.node))
    chosen = plus(chosen, bytes_of(list.o.graph.type(v)));
  for (std::size_t d = 0; d < x.rank(); ++d) {
    auto axis = list.add(list.place(d), x.dims[d]).operand(0, d);
    if (d != along || op == Op::sort) axis.result(d);
    if (d != along) continue;
    if (op == Op::topk)
      axis.split(Split::reduced).exchanges(chosen);
    else
      axis.split(Split::whole).exchanges(bytes_of(x));
  }
}

/// Whether a transform is along a dimension: those it lists, and the pairs that stand for complex numbers.
bool transforms(const AxisList& list, std::size_t dim) {
  const auto x = list.o.in(0);
  const bool typed = is_complex(x.dtype) || is_complex(list.y.dtype);
  return lists(list.o.graph.ints(list.o.attrs<AxesAttrs>().axes), dim) || (!typed && dim + 1 == x.rank());
}

/// Rows are transformed, or the matrices of the last two dimensions taken apart, as a whole.
void whole_axes(AxisList& list) {
  const auto x = list.o.in(0);
  const bool rows = class_of(list.o.op()) == OpClass::spectral;
  for (std::size_t d = 0; d < std::min(x.rank(), list.y.rank()); ++d) {
    const bool all = rows ? transforms(list, d) : d + 2 >= x.rank();
    auto axis = list.add(list.place(d), list.y.dims[d]).result(d).operand(0, d);
    if (all)
      axis.split(Split::whole).exchanges(bytes_of(x));
    else if (list.o.in(1).rank() == x.rank())
      axis.operand(1, d);
  }
}

}  // namespace

void row_axes(AxisList& list) {
  switch (class_of(list.o.op())) {
    case OpClass::normalisation:
      return norm_axes(list);
    case OpClass::softmax:
      return softmax_axes(list);
    case OpClass::reduction:
      return list.o.op() == Op::cumulative ? scan_axes(list) : reduction_axes(list);
    case OpClass::selection:
      return selection_axes(list);
    default:
      return whole_axes(list);
  }
}

}  // namespace alidade::axis_rules
