#include "alidade/results/parallelism.hpp"

#include <algorithm>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::parallelism {
namespace {

/// Whether dimension 1 of a result holds channels: an image's, or what works like one. Otherwise the last
/// does.
bool channels_first(Op op, std::size_t rank) {
  switch (op) {
    case Op::conv:
    case Op::conv_transpose:
    case Op::batch_norm:
    case Op::group_norm:
    case Op::instance_norm:
    case Op::local_response_norm:
      return true;
    case Op::linear:
    case Op::matmul:
    case Op::routed_matmul:
    case Op::layer_norm:
    case Op::rms_norm:
    case Op::attention:
      return false;
    default:
      return rank >= 4 || class_of(op) == OpClass::pooling || class_of(op) == OpClass::resampling;
  }
}

/// Products of dimensions; the type is static and its elements fit.
void set_extents(const TensorType& type, Op op, OperatorParallelism& row) {
  const std::size_t rank = type.rank();
  const bool first = channels_first(op, rank) && rank >= 2;
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

void set_groups(const Graph& g, NodeId n, OperatorParallelism& row) {
  if (g.op(n) != Op::conv && g.op(n) != Op::conv_transpose) return;
  row.groups = static_cast<std::uint64_t>(std::max<std::int64_t>(g.attrs<ConvAttrs>(n).groups, 1));
  const auto inputs = g.inputs(n);
  const auto channels = inputs.empty() || !inputs[0].valid() ? std::nullopt : g.type(inputs[0]).dim(1);
  row.depthwise = row.groups > 1 && channels && static_cast<std::uint64_t>(*channels) == row.groups;
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

std::size_t bucket_of(std::uint64_t threads) {
  return threads < 1'000 ? 0 : threads < 10'000 ? 1 : threads < 100'000 ? 2 : threads <= 1'000'000 ? 3 : 4;
}

/// How the work of every operator falls apart into threads, and along which dimensions it can be split.
class Parallelism final : public Analysis<ParallelismProfile(const Graph&, const CostProfile&)> {
 public:
  Result<ParallelismProfile> run(const Graph& graph, const CostProfile& cost) const override {
    ParallelismProfile profile;
    profile.nodes = PerNode<OperatorParallelism>(graph.node_count());
    constexpr std::array kLabels{"<1K", "1K-10K", "10K-100K", "100K-1M", ">1M"};
    for (std::size_t i = 0; i < kLabels.size(); ++i) profile.buckets[i].label = kLabels[i];
    double sum = 0;
    for (const NodeId n : graph.nodes()) {
      if (is_free(graph.op(n))) continue;
      const auto& row = profile.nodes[n] = describe(graph, n);
      ++profile.ops, profile.depthwise += row.depthwise, profile.grouped += row.grouped();
      if (!row.known) {
        ++profile.unknown;
        continue;
      }
      profile.most_threads = std::max(profile.most_threads, row.threads);
      sum += static_cast<double>(row.threads);
      auto& bucket = profile.buckets[bucket_of(row.threads)];
      ++bucket.ops, bucket.flops.value += cost.nodes[n].work.flops.value * cost.nodes[n].scheduled_runs();
    }
    const auto known = profile.ops - profile.unknown;
    profile.mean_threads = known == 0 ? 0 : sum / static_cast<double>(known);
    return profile;
  }
};

}  // namespace
}  // namespace alidade::parallelism

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::parallelism::Parallelism>(
      "parallelism", "threads of every operator by batch, channels and space, and what can be split");
}
