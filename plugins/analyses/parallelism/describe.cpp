#include "describe.hpp"

#include <algorithm>

namespace alidade::parallelism {
namespace {

/// Products of dimensions; the type is static and its elements fit.
void set_extents(const TensorType& type, Op op, OperatorParallelism& row) {
  const std::size_t rank = type.rank();
  const bool first = channels_first(op, rank);
  const std::size_t channel = first ? 1 : rank - 1;
  const bool rows_are_batch = op == Op::linear || op == Op::matmul || op == Op::routed_matmul;
  row.batch = row.channels = row.spatial = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    auto& extent = i == channel && rank > 1               ? row.channels
                   : i == 0 || (rows_are_batch && !first) ? row.batch
                                                          : row.spatial;
    extent *= static_cast<std::uint64_t>(type.dims[i].size());
  }
}

/// That a convolution reads, by its operand or else its weight ([out, in/groups, ...], or [in, ...]); -1
/// where neither says it.
std::int64_t channels_read(const Graph& g, NodeId n, std::int64_t groups) {
  const auto inputs = g.inputs(n);
  if (!inputs.empty() && inputs[0].valid())
    if (const auto channels = g.type(inputs[0]).dim(1)) return *channels;
  if (inputs.size() < 2 || !inputs[1].valid()) return -1;
  const bool forward = g.op(n) == Op::conv;
  const auto taken = g.type(inputs[1]).dim(forward ? 1 : 0);
  return taken ? *taken * (forward ? groups : 1) : -1;
}

void set_groups(const Graph& g, NodeId n, OperatorParallelism& row) {
  if (g.op(n) != Op::conv && g.op(n) != Op::conv_transpose) return;
  const auto groups = std::max<std::int64_t>(g.attrs<ConvAttrs>(n).groups, 1);
  row.groups = static_cast<std::uint64_t>(groups);
  row.depthwise = groups > 1 && channels_read(g, n, groups) == groups;
}

VectorAxis axis_of(Op op, const OperatorParallelism& row) {
  if (row.depthwise) return VectorAxis::spatial;
  switch (class_of(op)) {
    case OpClass::contraction:
      return VectorAxis::channels;
    case OpClass::selection:
    case OpClass::spectral:
    case OpClass::factorisation:
    case OpClass::control:
    case OpClass::opaque:
      return VectorAxis::none;
    default:
      return VectorAxis::all;
  }
}

/// What can be cut so that no part needs another's results. A depthwise convolution has no sum over channels
/// to share among them: its channels stay together, as in the tables that this follows.
void set_splits(Op op, OperatorParallelism& row) {
  const OpClass cls = class_of(op);
  const bool serial = cls == OpClass::selection || cls == OpClass::opaque || cls == OpClass::spectral ||
                      cls == OpClass::factorisation || op == Op::cumulative || op == Op::rnn ||
                      op == Op::lstm || op == Op::gru;
  const bool by_row = cls == OpClass::softmax || op == Op::layer_norm || op == Op::rms_norm;
  const bool by_plane = op == Op::instance_norm || op == Op::group_norm || op == Op::lp_norm;
  row.splits_batch = row.batch > 1 && cls != OpClass::opaque;
  row.splits_channels = row.channels > 1 && !row.depthwise && !serial && !by_row;
  row.splits_spatial = row.spatial > 1 && !serial && !by_plane;
}

}  // namespace

OperatorParallelism describe(const Graph& g, NodeId n) {
  OperatorParallelism row;
  set_groups(g, n, row);
  row.vector_axis = axis_of(g.op(n), row);
  if (g.outputs(n).empty()) return row;
  const auto type = g.type(g.outputs(n)[0]);
  const auto elements = type.elements();
  if (!elements || !elements->get()) return row;
  row.threads = *elements->get(), row.known = true;
  set_extents(type, g.op(n), row);
  set_splits(g.op(n), row);
  return row;
}

}  // namespace alidade::parallelism
