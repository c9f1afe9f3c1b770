#include "alidade/results/parallelism.hpp"

#include <algorithm>
#include <array>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/region_sums.hpp"

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

/// How many of something there are.
struct Tally {
  std::uint64_t least = 0;
  Upper most;
  Tally() = default;
  explicit Tally(std::uint64_t number) : least(number), most(number) {}
  Tally(std::uint64_t least, Upper most) : least(least), most(most) {}
  void add(const Tally& o) { least += o.least, most += o.most; }
  void either(const Tally& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
  [[nodiscard]] bool exact() const { return most == least; }
};

/// What operators that run come to, of one run of their region; the FLOPs of all runs.
struct Totals {
  static constexpr std::size_t kBuckets = 5;
  Tally ops, depthwise, grouped, threads, unknown;
  std::array<Tally, kBuckets> bucket_ops, bucket_flops;
  std::uint64_t widest = 0;
  Upper widest_upper;

  void add(const Totals& o) {
    each(o, [](Tally& mine, const Tally& other) { mine.add(other); });
    widest = std::max(widest, o.widest), widest_upper = std::max(widest_upper, o.widest_upper);
  }
  void either(const Totals& o) {
    each(o, [](Tally& mine, const Tally& other) { mine.either(other); });
    widest = std::min(widest, o.widest), widest_upper = std::max(widest_upper, o.widest_upper);
  }
  void repeat(const Trips& trips) { repeat_unchanged(*this, trips); }

 private:
  template <class F>
  void each(const Totals& o, F&& f) {
    f(ops, o.ops), f(depthwise, o.depthwise), f(grouped, o.grouped), f(threads, o.threads);
    f(unknown, o.unknown);
    for (std::size_t i = 0; i < kBuckets; ++i)
      f(bucket_ops.at(i), o.bucket_ops.at(i)), f(bucket_flops.at(i), o.bucket_flops.at(i));
  }
};

Totals of_one(const OperatorParallelism& row, const NodeCost& cost) {
  Totals one;
  const Tally flops(cost.work.flops.value * cost.runs, cost.flops_upper());
  one.ops = Tally(1), one.depthwise = Tally(row.depthwise ? 1 : 0),
  one.grouped = Tally(row.grouped() ? 1 : 0);
  if (row.known) {
    one.threads = Tally(row.threads), one.widest = row.threads, one.widest_upper = row.threads;
    one.bucket_ops.at(bucket_of(row.threads)) = Tally(1);
    one.bucket_flops.at(bucket_of(row.threads)) = flops;
    return one;
  }
  one.unknown = Tally(1), one.threads = {0, Upper::none()}, one.widest_upper = Upper::none();
  one.bucket_ops.fill({0, 1}), one.bucket_flops.fill({0, flops.most});
  return one;
}

/// How the work of every operator falls apart into threads, and along which dimensions it can be split.
class Parallelism final : public Analysis<ParallelismProfile(const Graph&, const CostProfile&)> {
 public:
  Result<ParallelismProfile> run(const Graph& graph, const CostProfile& cost) const override {
    ParallelismProfile profile;
    profile.nodes = PerNode<OperatorParallelism>(graph.node_count());
    const auto sums = region_sums<Totals>(graph, [&](NodeId n, Totals& sum) {
      if (is_free(graph.op(n))) return;
      const auto& row = profile.nodes[n] = describe(graph, n);
      if (cost.nodes[n].runs == 0) return;
      profile.unknown += row.known ? 0 : 1;
      sum.add(of_one(row, cost.nodes[n]));
    });
    set_totals(sums.front(), profile);
    return profile;
  }

 private:
  static void set_totals(const Totals& all, ParallelismProfile& profile) {
    profile.ops = all.ops.least, profile.ops_upper = all.ops.most;
    profile.depthwise = all.depthwise.least, profile.depthwise_upper = all.depthwise.most;
    profile.grouped = all.grouped.least, profile.grouped_upper = all.grouped.most;
    profile.most_threads = all.widest, profile.most_threads_upper = all.widest_upper;
    if (all.ops.exact() && all.threads.exact())
      profile.mean_threads =
          all.ops.least == 0 ? 0
                             : static_cast<double>(all.threads.least) / static_cast<double>(all.ops.least);
    constexpr std::array kLabels{"<1K", "1K-10K", "10K-100K", "100K-1M", ">1M"};
    for (std::size_t i = 0; i < kLabels.size(); ++i)
      profile.buckets.at(i) = {kLabels.at(i), all.bucket_ops.at(i).least, Flops(all.bucket_flops.at(i).least),
                               all.bucket_ops.at(i).most, all.bucket_flops.at(i).most};
  }
};

}  // namespace
}  // namespace alidade::parallelism

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::parallelism::Parallelism>(
      "parallelism", "threads of every operator by batch, channels and space, and what can be split");
}
