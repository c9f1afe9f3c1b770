#include "sums.hpp"

#include <array>
#include <optional>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/sdk/region_sums.hpp"

namespace alidade::cost {
namespace {

/// The figures that all others are less than, checked.
struct Ceilings {
  Count flops, counted, bytes;
};

Result<void> check(const Graph& graph, NodeId n, const NodeCost& cost, Ceilings& all) {
  const Count runs = cost.runs;
  all.flops += Count(cost.work.flops.value) * runs;
  all.counted += cost.counted;
  all.bytes += Count(cost.work.traffic().value) * runs;
  const std::string_view broken = !all.flops.fits()     ? "FLOP count"
                                  : !all.counted.fits() ? "count"
                                  : !all.bytes.fits()   ? "byte count"
                                                        : "";
  if (broken.empty()) return {};
  return fail(Fault::model,
              std::string(broken) + " of the model does not fit 63 bits at node '" +
                  text::printable(graph.name(n)) + "'" +
                  (cost.runs > 1 ? ", which runs " + std::to_string(cost.runs) + " times" : ""));
}

/// What the nested regions add to every module that something in them is part of.
using ModuleSums = KeyedSums<std::uint32_t, CostSum>;
ModuleSums nested_sums(const Graph& graph, const PerNode<NodeCost>& nodes) {
  if (region_count(graph) == 1) return {};
  auto sums = region_sums<ModuleSums>(graph, [&](NodeId n, ModuleSums& into) {
    if (graph.region_of(n) == RegionId(0)) return;
    const CostSum one = sum_of_one_run(graph, n, nodes[n]);
    for (auto m = graph.module(n); m.valid(); m = graph.parent(m)) into[m.index].add(one);
  });
  return std::move(sums.front());
}

/// What one convention counts.
struct CountedSum {
  Count low;
  Upper high;
  void add(const CountedSum& o) { low += o.low, high += o.high; }
  void either(const CountedSum& o) {
    if (o.low.get() < low.get()) low = o.low;
    high = std::max(high, o.high);
  }
  void repeat(const Trips& trips) { low *= Count(trips.least), high *= trips.most; }
};

constexpr auto kCount = kConventions.size();

/// What all of them do, in one walk over the operators.
struct CountedSums {
  std::array<CountedSum, kCount> by{};
  void add(const CountedSums& o) {
    for (std::size_t c = 0; c < kCount; ++c) by[c].add(o.by[c]);
  }
  void either(const CountedSums& o) {
    for (std::size_t c = 0; c < kCount; ++c) by[c].either(o.by[c]);
  }
  void repeat(const Trips& trips) {
    for (auto& one : by) one.repeat(trips);
  }
};

/// The first fault of each convention.
using Broken = std::array<std::optional<Error>, kCount>;

CountedSums count_all(const Graph& graph, const Counter& counter, const CostProfile& profile,
                      Broken& broken) {
  const auto count = [&](NodeId n, Convention c, CountedSum& sum) {
    const auto counted = counter.count(n, profile.nodes[n].work, c);
    auto& fault = broken[static_cast<std::size_t>(c)];
    if (counted)
      sum.add({counted->low, counted->high});
    else if (!fault)
      fault = counted.error();
  };
  return region_sums<CountedSums>(graph,
                                  [&](NodeId n, CountedSums& sums) {
                                    if (profile.nodes[n].runs == 0 || is_free(graph.op(n))) return;
                                    for (const Convention c : kConventions)
                                      if (c != profile.convention)
                                        count(n, c, sums.by[static_cast<std::size_t>(c)]);
                                  })
      .front();
}

}  // namespace

Result<void> add_work(const Graph& graph, CostProfile& profile) {
  Ceilings all;
  for (const NodeId n : graph.nodes())
    if (auto fits = check(graph, n, profile.nodes[n], all); !fits) return fits;
  for (const NodeId n : graph.body())
    profile.modules[graph.module(n)].add(sum_of_one_run(graph, n, profile.nodes[n]));
  return {};
}

Result<void> add_conventions(const Graph& graph, const Counter& counter, CostProfile& profile) {
  Broken broken;
  const auto sums = count_all(graph, counter, profile, broken);
  for (const Convention c : kConventions) {
    const auto at = static_cast<std::size_t>(c);
    auto& whole = profile.by_convention[at];
    if (c == profile.convention) {  // summed already
      whole = {profile.total.counted, profile.total.counted_upper};
      continue;
    }
    if (broken[at]) return std::unexpected(std::move(*broken[at]));
    const auto low = sums.by[at].low.get();
    if (!low)
      return fail(Fault::model,
                  "the count of the model under '" + std::string(name(c)) + "' does not fit 63 bits");
    whole = {*low, sums.by[at].high};
  }
  return {};
}

void add_to_parents(const Graph& graph, CostProfile& profile) {
  for (std::size_t m = graph.module_count(); m-- > 1;)
    profile.modules[graph.parent(ModuleId(m))].add(profile.modules[ModuleId(m)]);
  for (const auto& [module, sum] : nested_sums(graph, profile.nodes).rows)
    profile.modules[ModuleId(module)].add(sum);
  profile.total = profile.modules[ModuleId(0)];
}

}  // namespace alidade::cost
