#include <algorithm>

#include "alidade/results/concurrency.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/execution_units.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::concurrency {
namespace {

double weight_of(const NodeCost& cost, PathWeight weight) {
  const auto runs = static_cast<double>(cost.scheduled_runs());
  switch (weight) {
    case PathWeight::flops:
      return runs * static_cast<double>(cost.work.flops.value);
    case PathWeight::macs:
      return runs * static_cast<double>(cost.work.macs.value);
    case PathWeight::bytes:
      return runs * static_cast<double>(cost.work.traffic().value);
    case PathWeight::operators:
      return 1;
  }
  return 0;
}

bool known(const NodeCost& cost, PathWeight weight) {
  switch (weight) {
    case PathWeight::flops:
      return cost.flops_upper() == cost.work.flops.value * cost.runs;
    case PathWeight::macs:
      return cost.macs_upper() == cost.work.macs.value * cost.runs;
    case PathWeight::bytes:
      return cost.traffic_upper().bounded();
    case PathWeight::operators:
      return true;
  }
  return true;
}

/// The units of the outermost region with what each weighs: what nested regions do is done by the nodes that
/// hold them.
struct Weighed {
  Dag before;
  std::vector<double> weights;
  std::vector<NodeId> first;
};

Weighed weighed(const Graph& graph, const CostProfile& cost, const ExecutionUnits& units, PathWeight weight) {
  const bool alike = weight == PathWeight::operators;
  Weighed out{units.outermost_before(), std::vector<double>(units.outermost(), alike ? 1 : 0), {}};
  for (std::size_t i = 0; i < units.outermost(); ++i) out.first.push_back(units.first(i));
  if (alike) return out;
  for (const NodeId n : graph.nodes())
    if (units.of(n) != NodeId::kNone) out.weights[units.outer(n)] += weight_of(cost.nodes[n], weight);
  return out;
}

StageProfile measure(const Weighed& units, const std::vector<std::uint32_t>& stage) {
  StageProfile out;
  out.units = units.weights.size();
  out.stages.resize(stage.empty() ? 0 : std::ranges::max(stage) + std::size_t{1});
  for (std::size_t i = 0; i < stage.size(); ++i) {
    auto& at = out.stages[stage[i]];
    ++at.width, at.weight += units.weights[i];
    at.longest = std::max(at.longest, units.weights[i]);
    out.total_weight += units.weights[i];
  }
  const Chain chain = heaviest_chain(units.before, units.weights);
  out.path_weight = chain.weight;
  for (const auto step : chain.steps)
    out.path.push_back({units.first[step], stage[step], units.weights[step]});
  return out;
}

void add_threads(const Graph& graph, const Dependencies& order, ConcurrencyProfile& profile) {
  double sum = 0, count = 0;
  for (const NodeId n : order.nodes()) {
    if (is_free(graph.op(n))) continue;
    std::uint64_t threads = 0;
    for (const ValueId v : graph.outputs(n))
      if (const auto elements = graph.type(v).elements())
        threads = std::max(threads, elements->get().value_or(0));
    sum += static_cast<double>(threads), ++count;
    profile.most_threads = std::max(profile.most_threads, threads);
  }
  profile.mean_threads = count == 0 ? 0 : sum / count;
}

std::uint64_t leading_dimension(const Graph& graph) {
  if (graph.inputs().empty()) return 1;
  const auto type = graph.type(graph.inputs()[0]);
  return type.rank() < 2 ? 1 : static_cast<std::uint64_t>(std::max<std::int64_t>(type.dim(0).value_or(1), 1));
}

/// What could run at once, what has slack, and the chain that everything waits for; of operators and of fused
/// groups.
class Concurrency final
    : public Analysis<ConcurrencyProfile(const Graph&, const CostProfile&, const FusionPlan&)> {
 public:
  static void options(OptionSpec<Concurrency>& o) {
    o.choice("weight", &Concurrency::weight_,
             {{"flops", PathWeight::flops},
              {"macs", PathWeight::macs},
              {"bytes", PathWeight::bytes},
              {"operators", PathWeight::operators}},
             "what the critical path is measured in");
  }

  Result<ConcurrencyProfile> run(const Graph& graph, const CostProfile& cost,
                                 const FusionPlan& plan) const override {
    ConcurrencyProfile profile;
    profile.weight = weight_;
    profile.batch = leading_dimension(graph);
    for (const NodeId n : graph.nodes())
      profile.weights_known &= cost.nodes[n].cheaper || known(cost.nodes[n], weight_);
    const Dependencies order(graph);
    const auto single = weighed(graph, cost, ExecutionUnits(graph, order), weight_);
    const auto stage = stages(single.before);
    profile.operators = measure(single, stage);
    const auto fused = weighed(graph, cost, ExecutionUnits(graph, order, plan), weight_);
    profile.groups = measure(fused, stages(fused.before));
    set_stages(single, stage, profile, graph);
    add_threads(graph, order, profile);
    return profile;
  }

 private:
  static void set_stages(const Weighed& units, const std::vector<std::uint32_t>& stage,
                         ConcurrencyProfile& profile, const Graph& graph) {
    profile.stage = profile.slack = PerNode<std::uint32_t>(graph.node_count());
    const auto spare = slack(units.before, stage);
    for (std::size_t i = 0; i < stage.size(); ++i)
      profile.stage[units.first[i]] = stage[i], profile.slack[units.first[i]] = spare[i];
  }

  PathWeight weight_ = PathWeight::flops;
};

}  // namespace
}  // namespace alidade::concurrency

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::concurrency::Concurrency>(
      "concurrency", "stages, their widths, slack and the critical path, of operators and of fused groups");
}
