#include "alidade/results/parallelism.hpp"

#include <algorithm>
#include <array>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/attention_parts.hpp"
#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "axis_tally.hpp"
#include "describe.hpp"

namespace alidade::parallelism {
namespace {

std::size_t bucket_of(std::uint64_t threads) {
  return threads < 1'000 ? 0 : threads < 10'000 ? 1 : threads < 100'000 ? 2 : threads <= 1'000'000 ? 3 : 4;
}

/// What operators that run come to, of one run of their region; the FLOPs of all runs.
struct Totals {
  static constexpr std::size_t kBuckets = 5;
  Tally ops, depthwise, grouped, threads, unknown;
  std::array<Tally, kBuckets> bucket_ops, bucket_flops;
  AxisTallies axes;
  std::uint64_t widest = 0;
  Upper widest_upper;

  void add(const Totals& o) {
    each(o, [](Tally& mine, const Tally& other) { mine.add(other); });
    for (std::size_t i = 0; i < axes.size(); ++i) axes.at(i).add(o.axes.at(i));
    widest = std::max(widest, o.widest), widest_upper = std::max(widest_upper, o.widest_upper);
  }
  void either(const Totals& o) {
    each(o, [](Tally& mine, const Tally& other) { mine.either(other); });
    for (std::size_t i = 0; i < axes.size(); ++i) axes.at(i).either(o.axes.at(i));
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

Tally flops_of(const NodeCost& cost) { return {cost.work.flops.value * cost.runs, cost.flops_upper()}; }

/// Adds one operator's threads; of unknown size it may belong to any bucket.
void add_threads(const OperatorParallelism& row, const Tally& flops, Totals& sum) {
  sum.ops.add(Tally(1)), sum.depthwise.add(Tally(row.depthwise ? 1 : 0));
  sum.grouped.add(Tally(row.grouped() ? 1 : 0));
  const auto most = row.known ? Upper(row.threads) : Upper::none();
  sum.widest = std::max(sum.widest, row.threads), sum.widest_upper = std::max(sum.widest_upper, most);
  sum.threads.add({row.threads, most});
  if (row.known) {
    sum.bucket_ops.at(bucket_of(row.threads)).add(Tally(1));
    sum.bucket_flops.at(bucket_of(row.threads)).add(flops);
    return;
  }
  sum.unknown.add(Tally(1));
  for (auto& ops : sum.bucket_ops) ops.add({0, 1});
  for (auto& work : sum.bucket_flops) work.add({0, flops.most});
}

/// How the work of every operator falls apart into threads, and the axes along which it can be split.
class Parallelism final : public Analysis<ParallelismProfile(const Graph&, const CostProfile&)> {
 public:
  Result<ParallelismProfile> run(const Graph& graph, const CostProfile& cost) const override {
    ParallelismProfile profile;
    profile.nodes = PerNode<OperatorParallelism>(graph.node_count());
    const auto parts = attention_parts(graph, cost);
    const auto sums = region_sums<Totals>(graph, [&](NodeId n, Totals& sum) {
      if (is_free(graph.op(n))) return;
      auto& row = profile.nodes[n] = describe(graph, n);
      row.attention = parts[n];
      if (cost.nodes[n].runs == 0) return;
      profile.unknown += row.known ? 0 : 1;
      add_threads(row, flops_of(cost.nodes[n]), sum);
      add_axes(axes_of(graph, n, parts[n]), flops_of(cost.nodes[n]), sum.axes);
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
    for (std::size_t i = 0; i < kAxisNames; ++i) profile.axes.at(i) = summary(all.axes.at(i));
  }
  static AxisSummary summary(const AxisTally& t) {
    return {t.ops.least, t.free.least, Flops(t.flops.least), t.most_degree,
            t.ops.most,  t.free.most,  t.flops.most,         t.most_degree_upper};
  }
};

}  // namespace
}  // namespace alidade::parallelism

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::parallelism::Parallelism>(
      "parallelism",
      "threads of every operator, and the axes along which its work can be split, with what parts exchange");
}
