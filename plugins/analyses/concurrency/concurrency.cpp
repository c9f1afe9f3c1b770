#include <algorithm>
#include <limits>

#include "alidade/results/concurrency.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/execution_units.hpp"
#include "alidade/sdk/list_schedule.hpp"
#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "batch.hpp"

namespace alidade::concurrency {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

double real(Upper most) { return most.bounded() ? static_cast<double>(*most.get()) : kEndless; }

/// What some operators weigh, from the least to the most.
struct Weight {
  double least = 0, most = 0;
  void add(const Weight& o) { least += o.least, most += o.most; }
  void either(const Weight& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
  void repeat(const Trips& trips) {
    least *= static_cast<double>(trips.least),
        most = most == 0 || trips.most == 0 ? 0 : most * real(trips.most);
  }
};

/// Of one run.
Weight weight_of(const Work& work, PathWeight weight) {
  switch (weight) {
    case PathWeight::flops:
      return {static_cast<double>(work.flops.value), real(work.flops_upper)};
    case PathWeight::macs:
      return {static_cast<double>(work.macs.value), real(work.macs_upper())};
    case PathWeight::bytes:
      return {static_cast<double>(work.traffic().value), real(work.traffic_upper())};
    case PathWeight::operators:
      break;
  }
  return {1, 1};
}

/// The units of the outermost region with what each weighs: what nested regions do is done by the nodes that
/// hold them.
struct Weighed {
  Dag before;
  std::vector<double> least, most;
  std::vector<NodeId> first;
};

Weighed weighed(const Graph& graph, const CostProfile& cost, const ExecutionUnits& units, PathWeight weight) {
  const bool alike = weight == PathWeight::operators;
  const std::vector<double> start(units.outermost(), alike ? 1 : 0);
  Weighed out{units.outermost_before(), start, start, {}};
  for (std::size_t i = 0; i < units.outermost(); ++i) out.first.push_back(units.first(i));
  if (alike) return out;
  const auto of_node = [&](NodeId n) { return weight_of(cost.nodes[n].work, weight); };
  const auto sums = region_sums<Weight>(graph, [&](NodeId n, Weight& sum) { sum.add(of_node(n)); });
  for (const NodeId n : graph.body()) {
    if (units.of(n) == NodeId::kNone) continue;
    Weight all = of_node(n);
    all.add(sum_inside(graph, n, sums));
    out.least[units.outer(n)] += all.least, out.most[units.outer(n)] += all.most;
  }
  return out;
}

void add_path(const Weighed& units, const std::vector<std::uint32_t>& stage, StageProfile& out) {
  const Chain least = heaviest_chain(units.before, units.least);
  out.path_weight = least.weight, out.path_weight_upper = kEndless;
  Chain shown = least;
  if (std::ranges::none_of(units.most, [](double most) { return most == kEndless; })) {
    shown = heaviest_chain(units.before, units.most);
    out.path_weight_upper = shown.weight;
  }
  for (const auto step : shown.steps)
    out.path.push_back({units.first[step], stage[step], units.least[step], units.most[step]});
}

StageProfile measure(const Weighed& units, const std::vector<std::uint32_t>& stage) {
  StageProfile out;
  out.units = units.least.size();
  out.stages.resize(stage.empty() ? 0 : std::ranges::max(stage) + std::size_t{1});
  for (std::size_t i = 0; i < stage.size(); ++i) {
    auto& at = out.stages[stage[i]];
    ++at.width, at.weight += units.least[i], at.weight_upper += units.most[i];
    at.longest = std::max(at.longest, units.least[i]);
    at.longest_upper = std::max(at.longest_upper, units.most[i]);
    out.total_weight += units.least[i], out.total_weight_upper += units.most[i];
  }
  add_path(units, stage, out);
  return out;
}

/// Elements that operators make, each on its own.
struct Threads {
  std::uint64_t widest = 0;
  Upper widest_upper;
  Weight made, operators;
  void add(const Threads& o) {
    widest = std::max(widest, o.widest), widest_upper = std::max(widest_upper, o.widest_upper);
    made.add(o.made), operators.add(o.operators);
  }
  void either(const Threads& o) {
    widest = std::min(widest, o.widest), widest_upper = std::max(widest_upper, o.widest_upper);
    made.either(o.made), operators.either(o.operators);
  }
  void repeat(const Trips& trips) { repeat_unchanged(*this, trips); }
};

Threads threads_of(const Graph& graph, NodeId n) {
  Threads out;
  bool known = true;
  const auto outputs = graph.outputs(n);
  for (const ValueId v : outputs) {
    const auto elements = graph.type(v).elements();
    out.widest = std::max(out.widest, elements ? elements->get().value_or(0) : 0);
    known &= elements.has_value() || (v != outputs[0] && graph.users(v).empty());
  }
  out.widest_upper = known ? Upper(out.widest) : Upper::none();
  out.made = {static_cast<double>(out.widest), real(out.widest_upper)}, out.operators = {1, 1};
  return out;
}

void add_threads(const Graph& graph, ConcurrencyProfile& profile) {
  const auto sums = region_sums<Threads>(graph, [&](NodeId n, Threads& sum) {
    if (!is_free(graph.op(n))) sum.add(threads_of(graph, n));
  });
  const Threads& all = sums.front();
  profile.most_threads = all.widest, profile.most_threads_upper = all.widest_upper;
  if (all.operators.least == all.operators.most && all.made.least == all.made.most)
    profile.mean_threads = all.operators.least == 0 ? 0 : all.made.least / all.operators.least;
}

/// Groups may be any: a chain of operators takes as long in groups, or longer, up to all in one.
void mark_open(ConcurrencyProfile& profile) {
  profile.groups.open = true;
  profile.groups.path_weight = profile.operators.path_weight;
  profile.groups.path_weight_upper = profile.groups.total_weight_upper;
}

/// On so many streams: one unit a stage of each, and each for its weight. A schedule of weights that are not
/// known takes what any takes at least, and at most what a list schedule of them can.
StreamSchedule on_streams(const Weighed& units, const StageProfile& all, std::uint64_t streams) {
  const std::vector<double> alike(units.least.size(), 1);
  const auto number = static_cast<double>(streams);
  StreamSchedule out;
  out.stages = static_cast<std::uint64_t>(list_schedule(units.before, alike, streams));
  if (all.weights_known() && !all.open) {
    out.weight = out.weight_upper = list_schedule(units.before, units.least, streams);
    return out;
  }
  out.weight = std::max(all.path_weight, all.total_weight / number);
  out.weight_upper = all.total_weight_upper / number + all.path_weight_upper * (1 - 1 / number);
  if (streams == 1) out.weight_upper = all.total_weight_upper;  // also where the path has no bound
  return out;
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
    o.field("streams", &Concurrency::streams_,
            "how many operators or groups run at once at most; 0: any number")
        .at_least(0)
        .at_most(1'000'000);
  }

  Result<ConcurrencyProfile> run(const Graph& graph, const CostProfile& cost,
                                 const FusionPlan& plan) const override {
    ConcurrencyProfile profile;
    profile.weight = weight_;
    if (const Dim batch = batch_of(graph); batch.is_known())
      profile.batch_upper = profile.batch =
          static_cast<std::uint64_t>(std::max<std::int64_t>(batch.size(), 1));
    else
      profile.batch_upper = Upper::none();
    const Dependencies order(graph);
    const auto single = weighed(graph, cost, ExecutionUnits(graph, order), weight_);
    const auto stage = stages(single.before);
    profile.operators = measure(single, stage);
    const auto fused = weighed(graph, cost, ExecutionUnits(graph, order, plan), weight_);
    profile.groups = measure(fused, stages(fused.before));
    if (plan.open) mark_open(profile);
    if (streams_ > 0) {
      profile.streams = static_cast<std::uint64_t>(streams_);
      profile.operators.limited = on_streams(single, profile.operators, profile.streams);
      profile.groups.limited = on_streams(fused, profile.groups, profile.streams);
    }
    set_stages(single, stage, profile, graph);
    add_threads(graph, profile);
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
  std::int64_t streams_ = 0;
};

}  // namespace
}  // namespace alidade::concurrency

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::concurrency::Concurrency>(
      "concurrency", "stages, their widths, slack and the critical path, of operators and of fused groups");
}
