#include <string>

#include "active.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/memory_model.hpp"
#include "alidade/sdk/plugin.hpp"
#include "folded.hpp"
#include "remarks.hpp"
#include "runs.hpp"
#include "stored.hpp"
#include "sums.hpp"

namespace alidade::cost {
namespace {

/// What every operator, module and the whole model costs: the table of work, times the runs, under one
/// convention.
class CostAnalysis final : public Analysis<CostProfile(const Graph&)> {
 public:
  static void options(OptionSpec<CostAnalysis>& o) {
    o.choice("convention", &CostAnalysis::convention_,
             {{"flops", Convention::flops},
              {"macs", Convention::macs},
              {"fvcore", Convention::fvcore},
              {"torch", Convention::torch},
              {"xla", Convention::xla}},
             "how work is counted; fvcore, torch and xla count what those tools count");
    o.choice(
        "causal", &CostAnalysis::causal_, {{"dense", CausalCount::dense}, {"seen", CausalCount::seen}},
        "causal attention: dense counts every query with every key, seen only with those that it may see");
    o.field("compute_bound_above", &CostAnalysis::compute_bound_above_,
            "an operator with more FLOPs per byte is compute-bound")
        .above(0)
        .unit("FLOPs/byte");
  }

  Result<CostProfile> run(const Graph& graph) const override {
    if (auto bound = demand_bound(graph); !bound) return std::unexpected(std::move(bound).error());
    const auto peak = activation_peak(graph);  // while there is no profile yet: both take much memory
    CostProfile profile;
    profile.convention = convention_;
    profile.compute_bound_above = compute_bound_above_;
    profile.nodes = PerNode<NodeCost>(graph.node_count());
    profile.modules = PerModule<CostSum>(graph.module_count());
    if (auto done = fill(graph, profile); !done) return std::unexpected(std::move(done).error());
    if (!peak) return std::unexpected(peak.error());
    profile.peak_activation = peak->least, profile.peak_activation_upper = peak->most;
    remark_gaps(graph, profile);
    return profile;
  }

 private:
  Result<void> fill(const Graph& graph, CostProfile& profile) const {
    const Counter counter(graph);
    for (const NodeId n : graph.nodes())
      if (auto counted = count_one(graph, counter, n, profile.nodes[n]); !counted) return counted;
    if (auto set = set_runs(graph, profile.nodes, profile.warnings); !set) return set;
    if (auto fits = times_runs(graph, profile.nodes); !fits) return fits;
    if (auto fits = add_work(graph, profile); !fits) return fits;
    if (auto fits = add_stored(graph, profile); !fits) return fits;
    add_to_parents(graph, profile);
    if (auto fits = add_conventions(graph, counter, profile); !fits) return fits;
    set_active(graph, profile);
    set_folded(graph, profile);
    remark_unneeded(graph, counter, profile);
    return {};
  }

  Result<void> count_one(const Graph& graph, const Counter& counter, NodeId n, NodeCost& cost) const {
    auto done = work(graph, n, causal_);
    if (!done) return std::unexpected(std::move(done).error());
    cost.work = *done;
    const auto counted = counter.count(n, cost.work, convention_);
    if (!counted) return std::unexpected(counted.error());
    cost.once = *counted;
    return {};
  }

  static Result<void> times_runs(const Graph& graph, PerNode<NodeCost>& nodes) {
    for (const NodeId n : graph.nodes()) {
      NodeCost& cost = nodes[n];
      const auto low = (Count(cost.once.low) * Count(cost.runs)).get();
      if (!low)
        return fail(Fault::model, "count of node '" + text::printable(graph.name(n)) + "' in its " +
                                      std::to_string(cost.runs) + " runs does not fit 63 bits");
      cost.counted = *low, cost.counted_upper = cost.once.high * cost.runs_upper;
    }
    return {};
  }

  Convention convention_ = Convention::flops;
  CausalCount causal_ = CausalCount::dense;
  double compute_bound_above_ = 10;
};

}  // namespace
}  // namespace alidade::cost

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::cost::CostAnalysis>(
      "cost", "FLOPs, MACs, parameters, bytes and intensity of every operator, module and the whole model");
}
