#include "footprint.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"

namespace alidade::fusion {
namespace {

constexpr std::int64_t kMost = std::int64_t{1}
                               << 30;  // of a size, a stride or a window; beyond nothing is cut

Joining joining_of(Op op) {
  switch (class_of(op)) {
    case OpClass::selection:
    case OpClass::control:
    case OpClass::opaque:
    case OpClass::spectral:
    case OpClass::factorisation:
      return Joining::alone;
    case OpClass::contraction:
      if (op == Op::rnn || op == Op::lstm || op == Op::gru) return Joining::alone;
      return op == Op::conv_transpose || op == Op::routed_matmul ? Joining::whole : Joining::tiled;
    case OpClass::pooling:
      return op == Op::max_pool || op == Op::avg_pool ? Joining::tiled : Joining::whole;
    case OpClass::movement:
      return op == Op::cast || op == Op::copy || op == Op::transpose || op == Op::concat ? Joining::tiled
                                                                                         : Joining::whole;
    case OpClass::normalisation:
    case OpClass::softmax:
    case OpClass::elementwise:
    case OpClass::reduction:
    case OpClass::quantisation:
      return Joining::tiled;
    default:
      return Joining::whole;
  }
}

std::int64_t entry(const Spatial& s, std::size_t d, std::int64_t unless_stated) {
  return d < static_cast<std::size_t>(s.rank) ? s[d] : unless_stated;
}

/// The window of one dimension; nothing where numbers are out of bounds or a window can lie in the pads
/// alone.
std::optional<Window> checked(std::int64_t stride, std::int64_t taps, std::int64_t dilation, std::int64_t pad,
                              std::int64_t in, std::int64_t out) {
  for (const auto n : {stride, taps, dilation})
    if (n < 1 || n > kMost) return std::nullopt;
  const auto extent = (taps - 1) * dilation + 1;
  if (extent > kMost || pad < 0 || pad >= extent || (out - 1) * stride - pad >= in) return std::nullopt;
  return Window{static_cast<std::int32_t>(stride), static_cast<std::int32_t>(-pad),
                static_cast<std::int32_t>(extent)};
}

/// The window that moves along a dimension of a convolution or a pool.
std::optional<Window> window_of(const Graph& g, NodeId n, std::size_t dim) {
  const auto x = g.type(g.inputs(n)[0]), y = g.type(g.outputs(n)[0]);
  if (x.rank() != y.rank()) return std::nullopt;
  const auto in = x.dims[dim].size(), out = y.dims[dim].size();
  if (g.op(n) == Op::conv) {
    const auto& a = g.attrs<ConvAttrs>(n);
    const auto taps = g.type(g.inputs(n)[1]).dim(static_cast<int>(dim));
    if (dim < 2 || !taps) return std::nullopt;
    return checked(entry(a.strides, dim - 2, 1), *taps, entry(a.dilations, dim - 2, 1),
                   entry(a.pads_begin, dim - 2, 0), in, out);
  }
  const auto& a = g.attrs<PoolAttrs>(n);
  const auto leading = x.rank() - static_cast<std::size_t>(a.kernel.rank);
  if (a.kernel.rank < 0 || dim < leading) return std::nullopt;
  return checked(entry(a.strides, dim - leading, 1), entry(a.kernel, dim - leading, 1),
                 entry(a.dilations, dim - leading, 1), entry(a.pads_begin, dim - leading, 0), in, out);
}

bool has_window(Op op) { return op == Op::conv || op == Op::max_pool || op == Op::avg_pool; }

bool moves_windows(const Graph& g, NodeId n, const Axis& axis) {
  return has_window(g.op(n)) && axis.name == AxisName::spatial && axis.operand[0] == axis.result;
}

/// A dimension of one element is no axis of the work, and yet one that others may be cut beside: operands of
/// one element there run through it, and what a window moves over.
Axis axis_of_one(const Graph& g, NodeId n, std::size_t dim) {
  Axis axis;
  const bool slides = has_window(g.op(n)) && window_of(g, n, dim);
  axis.name = slides ? AxisName::spatial : AxisName::batch, axis.result = static_cast<std::int8_t>(dim);
  const auto inputs = g.inputs(n);
  const auto rank = g.type(g.outputs(n)[0]).rank();
  for (std::size_t i = 0; i < std::min(inputs.size(), Axis::kOperands); ++i) {
    if (!inputs[i].valid() || g.type(inputs[i]).rank() != rank) continue;
    if ((slides && i == 0) || (!has_window(g.op(n)) && g.type(inputs[i]).dims[dim] == Dim(1)))
      axis.operand.at(i) = axis.result;
  }
  return axis;
}

/// The one axis that runs along a dimension of the result.
std::optional<Axis> axis_along(const Graph& g, NodeId n, std::span<const Axis> axes, std::size_t dim,
                               std::int64_t size) {
  const auto runs = [&](const Axis& a) { return a.result == static_cast<std::int8_t>(dim); };
  const auto count = std::ranges::count_if(axes, runs);
  if (count == 1) return *std::ranges::find_if(axes, runs);
  return count == 0 && size == 1 ? std::optional(axis_of_one(g, n, dim)) : std::nullopt;
}

/// The dimension of a view's source that a dimension of the view is, elements behind it alike.
std::optional<std::size_t> source_dim(std::span<const std::int64_t> view,
                                      std::span<const std::int64_t> source, std::size_t dim) {
  std::int64_t behind = 1, here = 1;
  for (std::size_t d = dim + 1; d < view.size(); ++d) behind *= view[d];
  for (std::size_t d = source.size(); d-- > 0; here *= source[d])
    if (here == behind && source[d] == view[dim]) return d;
  return std::nullopt;
}

}  // namespace

Footprints::Footprints(const FusionInput& input)
    : s_(input),
      rows_(input.order().size()),
      first_size_(input.graph().value_count(), 0),
      rank_(input.graph().value_count(), 0) {
  for (const ValueId v : s_.graph().values()) add_sizes(v);
  for (std::uint32_t step = 0; step < rows_.size(); ++step) {
    rows_[step].joining = joining_of(step);
    rows_[step].result = sole_result(s_.node(step));
    rows_[step].first = static_cast<std::uint32_t>(needs_.size());
    if (rows_[step].joining == Joining::tiled) add_needs(step);
  }
}

void Footprints::add_sizes(ValueId v) {
  const auto type = s_.graph().type(v);
  first_size_[v] = static_cast<std::uint32_t>(sizes_.size());
  if (!type.is_static() || type.rank() > kRanks) return;
  for (const Dim d : type.dims)
    if (d.size() < 1 || d.size() > kMost) return;
  rank_[v] = static_cast<std::uint8_t>(type.rank());
  for (const Dim d : type.dims) sizes_.push_back(d.size());
}

Joining Footprints::joining_of(std::uint32_t step) const {
  const NodeId n = s_.node(step);
  const auto is_view = [&](ValueId v) { return s_.reads().root(v) != v; };
  if (s_.is_folded(n) || (s_.reads().of(n).empty() && std::ranges::all_of(s_.graph().outputs(n), is_view)))
    return Joining::nothing;
  const auto joining = fusion::joining_of(s_.op(step));
  if (joining != Joining::tiled) return joining;
  const ValueId v = sole_result(n);
  const bool sized = v.valid() && rank_[v] > 0 && s_.cost().nodes[n].work.bytes_known() &&
                     s_.reads().unseen(n) == 0 &&
                     s_.reads().made(v) == s_.reads().parts().bytes(v, s_.reads().parts().elements(v));
  return sized ? Joining::tiled : Joining::whole;
}

/// The first result, where it is no view and nothing is made but it.
ValueId Footprints::sole_result(NodeId n) const {
  const auto outputs = s_.graph().outputs(n);
  if (outputs.empty() || s_.reads().root(outputs[0]) != outputs[0]) return {};
  for (const ValueId v : outputs)
    if (v != outputs[0] && s_.reads().made(v) > 0) return {};
  return outputs[0];
}

void Footprints::add_needs(std::uint32_t step) {
  const NodeId n = s_.node(step);
  auto& row = rows_[step];
  const std::size_t rank = rank_[row.result];
  const auto reads = s_.reads().of(n);
  needs_.resize(row.first + reads.size() * rank);
  const auto axes = axes_of(s_.graph(), n);
  for (std::size_t d = 0; d < rank; ++d) {
    const auto axis = axis_along(s_.graph(), n, axes, d, sizes(row.result)[d]);
    if (!axis) continue;
    const bool slides = moves_windows(s_.graph(), n, *axis);
    const auto window = slides ? window_of(s_.graph(), n, d) : std::optional(Window());
    if (!window || !(slides || axis->is_free())) continue;
    row.cuts |= static_cast<std::uint8_t>(1U << d);
    has_windows_ |= window->extent > 1 || window->stride > 1;
    for (std::size_t i = 0; i < reads.size(); ++i)
      needs_[row.first + i * rank + d] = need_of(n, *axis, reads[i], slides ? &*window : nullptr);
  }
}

/// Of a tensor that is read in several ways, all.
DimNeed Footprints::need_of(NodeId n, const Axis& axis, const Read& read, const Window* window) const {
  if (s_.reads().parts()[read.part].kind != Part::Kind::whole || rank_[read.root] == 0) return {};
  const auto inputs = s_.graph().inputs(n);
  std::optional<DimNeed> need;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].valid() || s_.reads().root(inputs[i]) != read.root) continue;
    const std::size_t like = s_.graph().op(n) == Op::concat ? 0 : i;  // of which there may be many
    const bool runs = like < Axis::kOperands && axis.operand.at(like) >= 0;
    DimNeed here;
    if (runs) here.dim = root_dim(inputs[i], static_cast<std::size_t>(axis.operand.at(like)));
    if (here.dim < 0) return {};
    here.size = sizes(read.root)[static_cast<std::size_t>(here.dim)];
    if (window != nullptr && i == 0)
      here.window = *window;
    else if (here.size != sizes(s_.graph().outputs(n)[0])[static_cast<std::size_t>(axis.result)])
      return {};
    if (need && !(*need == here)) return {};
    need = here;
  }
  return need.value_or(DimNeed());
}

/// Behind views, the dimension of the tensor itself; -1 where none is the same.
std::int8_t Footprints::root_dim(ValueId v, std::size_t dim) const {
  while (s_.reads().root(v) != v) {
    const NodeId view = s_.graph().producer(v);
    const Op op = s_.graph().op(view);
    const ValueId source = s_.graph().inputs(view)[0];
    const bool shows_all =
        op == Op::reshape || op == Op::identity || op == Op::dropout || op == Op::dequantize;
    if (!shows_all || rank_[v] == 0 || rank_[source] == 0) return -1;
    const auto at = source_dim(sizes(v), sizes(source), dim);
    if (!at) return -1;
    v = source, dim = *at;
  }
  return static_cast<std::int8_t>(dim);
}

}  // namespace alidade::fusion
