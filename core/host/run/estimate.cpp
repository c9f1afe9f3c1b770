#include "estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "host/plugins/guard.hpp"

namespace alidade::host {
namespace {

constexpr double kLongest = 1e18;  // seconds of one operator

/// What a model spends on a target.
struct Spent {
  double least = 0, most = 0, energy = 0;
  bool bounded = true;
  void add(const Spent& o) { least += o.least, most += o.most, energy += o.energy, bounded &= o.bounded; }
  void either(const Spent& o) {
    least = std::min(least, o.least), most = std::max(most, o.most), energy = std::min(energy, o.energy);
    bounded &= o.bounded;
  }
  void repeat(const Trips& trips) {
    bounded &= trips.most.bounded() || most == 0;
    const auto times = static_cast<double>(trips.least);
    least *= times, energy *= times, most *= static_cast<double>(trips.most.get().value_or(1));
  }
};

/// One target's answer for every operator that runs: the cost of its work, times how often it runs.
class Estimate {
 public:
  Estimate(const Step& step, const Graph& graph, const CostProfile& profile)
      : call_{step.loaded->info.name, step.loaded->library, "estimating the model"},
        graph_(graph),
        profile_(profile),
        run_{step.id,
             step.loaded->info.name,
             PerNode<Cost>(graph.node_count()),
             PerNode<char>(graph.node_count(), 1),
             {},
             {},
             {},
             {}},
        once_(graph.node_count()) {}

  Result<HardwareRun> make(const HardwareModel& model) {
    for (const NodeId n : graph_.nodes())
      if (auto ok = price(model, n); !ok) return std::unexpected(std::move(ok).error());
    const auto spent =
        region_sums<Spent>(graph_, [&](NodeId n, Spent& sum) {
          sum.add({once_[n].time.value, once_[n].time.value, once_[n].energy.value, run_.priced[n] != 0});
        }).front();
    run_.time = Seconds(spent.least), run_.energy = Joules(spent.energy);
    if (spent.bounded) run_.time_upper = Seconds(spent.most);
    return std::move(run_);
  }

 private:
  Result<void> price(const HardwareModel& model, NodeId n) {
    const auto& node = profile_.nodes[n];
    if (node.runs == 0) return {};
    if (!node.work.known()) return run_.priced[n] = 0, Result<void>{};
    auto support = guarded(call_, [&] { return model.supports(graph_, n); });
    if (!support) return std::unexpected(std::move(support).error());
    if (!support->native) run_.unsupported.emplace_back(n, support->reason);
    auto cost = guarded(call_, [&] { return model.cost(node.work); });
    if (!cost) return std::unexpected(std::move(cost).error());
    if (cost->time.value > kLongest)
      return fail(
          Fault::config,
          fmt::format("the target {} would take {:.2g} s for node {}, and at most {:.0g} s make sense",
                      text::quoted(run_.id), cost->time.value, text::quoted(graph_.name(n)), kLongest),
          {}, "look at its options: a peak or a bandwidth is too small");
    if (!(cost->time.value >= 0) || !(cost->energy.value >= 0))
      return std::unexpected(
          broken_contract(call_, "gave a time or an energy that is negative or not a number for node '" +
                                     std::string(graph_.name(n)) + "'"));
    const auto runs = static_cast<double>(node.runs);
    once_[n] = *cost;
    run_.costs[n] = {Seconds(cost->time.value * runs), Joules(cost->energy.value * runs), cost->bound};
    return {};
  }

  PluginCall call_;
  const Graph& graph_;
  const CostProfile& profile_;
  HardwareRun run_;
  PerNode<Cost> once_;
};

}  // namespace

Result<HardwareRun> estimate(const Step& step, const Graph& graph, const CostProfile& profile) {
  const auto model = make_component<HardwareModel>(*step.loaded, step.options);
  if (!model) return std::unexpected(model.error());
  return Estimate(step, graph, profile).make(**model);
}

}  // namespace alidade::host
