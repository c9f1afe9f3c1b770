// Axes of convolutions, pools and resampling: parts beside each other read a border twice.
#include "axis_list.hpp"

namespace alidade::axis_rules {
namespace {

/// A window along one dimension; attributes are as far in 63 bits as the file says, so they are bounded here.
struct Window {
  static constexpr std::int64_t kMost = std::int64_t{1} << 30;
  Window(std::int64_t size, std::int64_t stride, std::int64_t dilation)
      : reach(std::clamp<std::int64_t>(size - 1, 0, kMost) * std::clamp<std::int64_t>(dilation, 1, kMost) +
              1),
        stride(std::clamp<std::int64_t>(stride, 1, kMost)) {}
  std::int64_t reach;  ///< elements from its first to its last
  std::int64_t stride;
  /// Rows of the operand that the results on both sides of a cut read.
  [[nodiscard]] std::int64_t border() const { return std::max<std::int64_t>(reach - stride, 0); }
  /// The same where each row of the operand adds to a window of the result.
  [[nodiscard]] std::int64_t border_back() const { return (reach - 1 + stride - 1) / stride; }
};

std::int64_t entry(const Spatial& s, std::size_t d, std::int64_t unless_stated) {
  return d < static_cast<std::size_t>(s.rank) ? s[d] : unless_stated;
}

/// So many rows of the first operand along a dimension.
Size rows_of(const AxisList& list, std::size_t dim, std::int64_t rows) {
  const auto x = list.o.in(0);
  const auto all = bytes_of(x);
  const auto length = size_of(x.dims[dim]);
  if (!all || !length || !all->get() || length->get().value_or(0) == 0) return std::nullopt;
  return Count(*all->get() / *length->get()) * work_parts::as_count(std::min(rows, x.dims[dim].size()));
}

/// A dimension that windows move along.
void sliding_axis(AxisList& list, std::size_t dim, std::int64_t border) {
  auto axis = list.add(AxisName::spatial, list.y.dims[dim]);
  axis.result(dim).operand(0, dim);
  if (border > 0) axis.split(Split::halo).exchanges(rows_of(list, dim, border));
}
/// A dimension of the first operand that one window covers.
void covered_axis(AxisList& list, std::size_t dim) {
  list.add(AxisName::spatial, list.o.in(0).dims[dim])
      .operand(0, dim)
      .split(Split::reduced)
      .exchanges(bytes_of(list.y));
}

void channel_axes(AxisList& list, const ConvAttrs& a, const TensorType& w) {
  const bool back = list.o.op() == Op::conv_transpose, biased = list.o.in(2).rank() == 1;
  auto groups = list.add(AxisName::groups, Dim(a.groups));
  groups.result(1).operand(0, 1).operand(1, 0);
  if (biased) groups.operand(2, 0);
  auto channels = list.add(AxisName::channels, divided(list.y.dims[1], a.groups));
  channels.result(1).operand(1, back ? 1 : 0);
  if (biased) channels.operand(2, 0);
  const Dim read = divided(list.o.in(0).dims[1], a.groups);
  list.add(AxisName::inner, read.is_known() || w.rank() < 2 || back ? read : w.dims[1])
      .operand(0, 1)
      .operand(1, back ? 0 : 1)
      .split(Split::reduced)
      .exchanges(bytes_of(list.y));
}

void convolution_axes(AxisList& list) {
  const auto& a = list.o.attrs<ConvAttrs>();
  const auto x = list.o.in(0), w = list.o.in(1);
  if (x.rank() != list.y.rank() || x.rank() < 2) return;
  list.add(AxisName::batch, list.y.dims[0]).result(0).operand(0, 0);
  channel_axes(list, a, w);
  for (std::size_t d = 2; d < list.y.rank(); ++d) {
    const auto size = w.dim(static_cast<int>(d));
    const Window window(size.value_or(1), entry(a.strides, d - 2, 1), entry(a.dilations, d - 2, 1));
    if (!size)
      list.add(AxisName::spatial, list.y.dims[d])
          .result(d)
          .operand(0, d)
          .split(Split::halo)
          .exchanges(std::nullopt);
    else if (list.o.op() == Op::conv)
      sliding_axis(list, d, window.border());
    else if (window.reach <= window.stride && entry(a.pads_begin, d - 2, 0) % window.stride == 0)
      list.add(AxisName::spatial, x.dims[d]).result(d).operand(0, d);  // each row of x makes rows of its own
    else
      sliding_axis(list, d, window.border_back());
  }
}

/// Dimensions before those that windows move along: batch and channels.
void leading_axes(AxisList& list, std::size_t count) {
  for (std::size_t d = 0; d < count; ++d)
    list.add(d + 1 == count ? AxisName::channels
             : d == 0       ? AxisName::batch
                            : AxisName::spatial,
             list.y.dims[d])
        .result(d)
        .operand(0, d);
}

void pool_axes(AxisList& list) {
  const auto& a = list.o.attrs<PoolAttrs>();
  const auto spatial = static_cast<std::size_t>(std::clamp<std::int64_t>(a.kernel.rank, 0, 3));
  const auto x = list.o.in(0);
  if (x.rank() != list.y.rank() || x.rank() < spatial) return;
  const auto leading = x.rank() - spatial;
  leading_axes(list, leading);
  for (std::size_t d = leading; d < x.rank(); ++d) {
    const auto kernel = entry(a.kernel, d - leading, 1);
    const Window window(kernel, entry(a.strides, d - leading, 1), entry(a.dilations, d - leading, 1));
    list.y.dims[d] == Dim(1) ? covered_axis(list, d) : sliding_axis(list, d, window.border());
  }
}

/// Whether windows cannot have moved along a dimension.
bool keeps(Dim in, Dim out) { return in == out && !in.is_unknown(); }

/// Whether parts of one length are whole numbers of the other.
bool divides(Dim in, Dim out) {
  return in.is_known() && out.is_known() && out.size() > 0 && in.size() % out.size() == 0;
}

void adaptive_axes(AxisList& list) {
  const auto x = list.o.in(0);
  if (x.rank() != list.y.rank()) return;
  for (std::size_t d = 0; d < x.rank(); ++d)
    if (keeps(x.dims[d], list.y.dims[d]))
      list.pass(d);
    else if (list.y.dims[d] == Dim(1))
      covered_axis(list, d);
    else
      sliding_axis(list, d, divides(x.dims[d], list.y.dims[d]) ? 0 : 1);  // else two windows may share a row
}

/// Rows that the results on both sides of a cut read: a filter of so many taps, stretched where it shrinks.
std::int64_t resize_border(const ResizeAttrs& a, Dim in, Dim out) {
  if (a.taps <= 1 || !in.is_known() || !out.is_known() || out.size() == 0)
    return std::max<std::int64_t>(a.taps - 1, 0);
  const auto shrinks = in.size() / out.size();
  if (shrinks < 1) return a.taps;
  return a.antialias != 0 ? (a.taps - 1) * shrinks : std::max<std::int64_t>(a.taps - shrinks, 0);
}

void resize_axes(AxisList& list) {
  const auto& a = list.o.attrs<ResizeAttrs>();
  const auto x = list.o.in(0);
  if (x.rank() != list.y.rank()) return;
  for (std::size_t d = 0; d < x.rank(); ++d) {
    const Dim in = x.dims[d], out = list.y.dims[d];
    if (keeps(in, out)) {
      list.pass(d);
    } else if (a.taps <= 1 && divides(out, in)) {
      list.add(list.place(d), in).result(d).operand(0, d);  // a row of x makes rows of its own
    } else {
      sliding_axis(list, d, resize_border(a, in, out));
    }
  }
}

/// x [batch, channels, ...], and where to look in it: a grid [batch, ..., 2].
void grid_axes(AxisList& list) {
  const std::size_t rank = list.y.rank();
  if (list.o.in(0).rank() != rank || list.o.in(1).rank() != rank || rank < 3) return;
  list.add(AxisName::batch, list.y.dims[0]).result(0).operand(0, 0).operand(1, 0);
  list.add(AxisName::channels, list.y.dims[1]).result(1).operand(0, 1);
  for (std::size_t d = 2; d < rank; ++d)
    list.add(AxisName::spatial, list.y.dims[d]).result(d).operand(1, d - 1);
}

/// x [batch, channels, ...], and boxes [number, 4 or 5].
void box_axes(AxisList& list) {
  if (list.y.rank() != 4 || list.o.in(0).rank() != 4 || list.o.in(1).rank() != 2) return;
  auto boxes = list.add(AxisName::batch, list.y.dims[0]);
  boxes.result(0).operand(1, 0);
  if (list.o.in(2).rank() == 1) boxes.operand(2, 0);
  list.add(AxisName::channels, list.y.dims[1]).result(1).operand(0, 1);
  for (std::size_t d = 2; d < 4; ++d) list.add(AxisName::spatial, list.y.dims[d]).result(d);
}

}  // namespace

void window_axes(AxisList& list) {
  switch (list.o.op()) {
    case Op::conv:
    case Op::conv_transpose:
      return convolution_axes(list);
    case Op::max_pool:
    case Op::avg_pool:
      return pool_axes(list);
    case Op::resize:
      return resize_axes(list);
    case Op::grid_sample:
      return grid_axes(list);
    case Op::roi_align:
      return box_axes(list);
    default:
      return adaptive_axes(list);
  }
}

}  // namespace alidade::axis_rules
