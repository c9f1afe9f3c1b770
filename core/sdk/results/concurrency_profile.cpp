// What a concurrency profile says of itself.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "alidade/base/text.hpp"
#include "alidade/ir/work.hpp"
#include "alidade/results/concurrency.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

constexpr std::array kWeightNames{"flops", "macs", "bytes", "operators"};

std::string percent(double part, double whole) {
  return text::fixed(whole == 0 ? 100 : 100 * part / whole, 1) + " %";
}

std::string sentence(const StageProfile& p, std::string_view unit, PathWeight weight) {
  const auto widest = std::ranges::find(p.stages, p.widest(), &Stage::width) - p.stages.begin();
  std::string out = text::counted(p.units, unit) + " in " + text::counted(p.stages.size(), "stage") + ": ";
  if (p.widest() <= 1)
    out += "each waits for the one before, so none run at the same time.";
  else
    out += "at most " + std::to_string(p.widest()) + " at once (first in stage " +
           std::to_string(widest + 1) + "), " + text::fixed(p.units_per_stage(), 2) + " on average; " +
           text::counted(p.single_unit_stages(), "stage") + " hold only one.";
  if (p.open) out += " Which " + std::string(unit) + "s there are depends on sizes that are not known.";
  if (!p.weights_known())
    return out + " The work of some is not known, so the critical path by " + std::string(name(weight)) +
           " is that of the others.";
  return out + " The critical path by " + std::string(name(weight)) + " has " +
         text::counted(p.path.size(), unit) + " and " + percent(p.path_weight, p.total_weight) +
         " of the whole: running " + std::string(unit) + "s side by side gains at most " +
         text::fixed(p.speedup(), 2) + " times.";
}

/// A figure of weights; what it is at most is nothing without a bound.
void write_weight(const std::string& key, double least, double most, ObjectWriter& t) {
  t.real(key, least), t.real(key + "_upper", most);
}
/// A ratio of weights, which is not known unless they are.
void write_ratio(std::string_view key, double ratio, bool known, ObjectWriter& t) {
  if (known)
    t.real(key, ratio);
  else
    t.nothing(key);
}

void write_stages(const StageProfile& p, ObjectWriter& t) {
  t.begin_array("parallelism_over_time");
  for (std::size_t i = 0; i < p.stages.size() && !p.open; ++i) {
    t.begin_object();
    t.count("stage", i + 1);
    t.count("width", p.stages[i].width);
    write_weight("weight", p.stages[i].weight, p.stages[i].weight_upper, t);
    write_weight("longest", p.stages[i].longest, p.stages[i].longest_upper, t);
    t.end_object();
  }
  t.end_array();
}

void write_path(const StageProfile& p, const PerNode<std::string>& names, ObjectWriter& t) {
  t.begin_array("critical_path");
  for (const auto& step : p.path) {
    t.begin_object();
    t.text("operator", names[step.node]);
    t.count("stage", step.stage + std::uint64_t{1});
    write_weight("weight", step.weight, step.weight_upper, t);
    write_ratio("share", p.total_weight == 0 ? 0 : step.weight / p.total_weight, p.weights_known(), t);
    t.end_object();
  }
  t.end_array();
}

/// How many units and stages there are; nothing where that depends on what is not known.
void write_shape(const StageProfile& p, ObjectWriter& t) {
  if (p.open) {
    for (const auto* key :
         {"units", "stages", "max_parallel", "units_per_stage", "stages_of_one", "units_in_shared_stages"})
      t.nothing(key);
    return;
  }
  t.count("units", p.units);
  t.count("stages", p.stages.size());
  t.count("max_parallel", p.widest());
  t.real("units_per_stage", p.units_per_stage());
  t.count("stages_of_one", p.single_unit_stages());
  t.count("units_in_shared_stages", p.units_in_shared_stages());
}

void write_widths(const StageProfile& p, ObjectWriter& t) {
  std::map<std::uint32_t, std::uint64_t> stages;
  for (const auto& stage : p.stages)
    if (!p.open) ++stages[stage.width];
  t.begin_array("widths");
  for (const auto& [width, count] : stages) {
    t.begin_object();
    t.count("width", width);
    t.count("stages", count);
    t.end_object();
  }
  t.end_array();
}

double gained(const StageProfile& p) { return p.limited.weight == 0 ? 1 : p.total_weight / p.limited.weight; }

void write_limited(const StageProfile& p, ObjectWriter& t) {
  t.begin_object("on_streams");
  if (p.open)
    t.nothing("stages");
  else
    t.count("stages", p.limited.stages);
  write_weight("weight", p.limited.weight, p.limited.weight_upper, t);
  write_ratio("speedup", gained(p), p.weights_known() && !p.open, t);
  t.end_object();
}

void write_side(std::string_view key, const StageProfile& p, const PerNode<std::string>& names,
                std::uint64_t streams, ObjectWriter& t) {
  const bool known = p.weights_known() && !p.open;
  t.begin_object(key);
  write_shape(p, t);
  write_weight("critical_path_weight", p.path_weight, p.path_weight_upper, t);
  write_weight("total_weight", p.total_weight, p.total_weight_upper, t);
  write_ratio("critical_path_share", p.total_weight == 0 ? 1 : p.path_weight / p.total_weight, known, t);
  write_ratio("max_speedup", p.speedup(), known, t);
  write_weight("stage_by_stage_weight", p.open ? p.path_weight : p.stage_weight(),
               p.open ? p.total_weight_upper : p.stage_weight_upper(), t);
  if (streams > 0) write_limited(p, t);
  write_widths(p, t);
  write_path(p, names, t);
  write_stages(p, t);
  t.end_object();
}

void write_operators(const ConcurrencyProfile& p, const Graph& graph, const PerNode<std::string>& names,
                     ObjectWriter& t) {
  t.begin_array("slack");
  for (const NodeId n : graph.body()) {
    if (graph.op(n) == Op::constant || p.slack[n] == 0) continue;
    t.begin_object();
    t.text("operator", names[n]);
    t.count("stage", p.stage[n] + std::uint64_t{1});
    t.count("slack_stages", p.slack[n]);
    t.end_object();
  }
  t.end_array();
}

}  // namespace

std::string_view name(PathWeight weight) { return kWeightNames[static_cast<std::size_t>(weight)]; }

std::uint32_t StageProfile::widest() const {
  return stages.empty() ? 0 : std::ranges::max(stages, {}, &Stage::width).width;
}
std::uint64_t StageProfile::single_unit_stages() const {
  return static_cast<std::uint64_t>(std::ranges::count(stages, 1U, &Stage::width));
}
std::uint64_t StageProfile::units_in_shared_stages() const { return units - single_unit_stages(); }
double StageProfile::units_per_stage() const {
  return stages.empty() ? 0 : static_cast<double>(units) / static_cast<double>(stages.size());
}
double StageProfile::speedup() const { return path_weight == 0 ? 1 : total_weight / path_weight; }
namespace {
double sum_of(const std::vector<Stage>& stages, double Stage::* figure) {
  return std::accumulate(stages.begin(), stages.end(), 0.0,
                         [figure](double sum, const Stage& stage) { return sum + stage.*figure; });
}
}  // namespace

double StageProfile::stage_weight() const { return sum_of(stages, &Stage::longest); }
double StageProfile::stage_weight_upper() const { return sum_of(stages, &Stage::longest_upper); }

namespace {

/// " On 2 streams the operators take 70 stages and gain 1.31 times."
std::string on_streams(const StageProfile& p, std::string_view unit, std::uint64_t streams) {
  if (streams == 0) return {};
  return " On " + text::counted(streams, "stream") + " the " + std::string(unit) + "s take " +
         text::counted(p.limited.stages, "stage") +
         (p.weights_known() && !p.open ? " and gain " + text::fixed(gained(p), 2) + " times." : ".");
}

std::string samples(std::uint64_t batch, Upper most) {
  if (most != batch) return " How many samples are in the batch is not known";
  if (batch == 1) return " The batch of 1 leaves no samples to split";
  return " The batch of " + std::to_string(batch) + " could be split, sample by sample";
}
std::string threads(const ConcurrencyProfile& p) {
  const std::string most = text::grouped(p.most_threads);
  const std::string upto = p.most_threads_upper == p.most_threads ? "up to " + most
                           : p.most_threads_upper.bounded()
                               ? "up to " + text::grouped(*p.most_threads_upper.get())
                               : "up to " + most + " or more";
  return "; inside an operator " + upto + " elements are made independently" +
         (p.mean_threads ? ", " + text::grouped(static_cast<std::uint64_t>(*p.mean_threads)) + " on average."
                         : ".");
}

}  // namespace

std::string ConcurrencyProfile::explanation() const {
  return sentence(operators, "operator", weight) + on_streams(operators, "operator", streams) +
         " Fused: " + sentence(groups, "group", weight) + on_streams(groups, "group", streams) +
         samples(batch, batch_upper) + threads(*this);
}

void ConcurrencyProfile::write(const Graph& graph, ObjectWriter& t) const {
  const auto names = layer_names(graph);
  t.text("explanation", explanation());
  t.text("weight", name(weight));
  if (streams > 0) t.count("streams", streams);
  t.count("batch", batch);
  write_upper(t, "batch_upper", batch_upper);
  t.count("most_threads", most_threads);
  write_upper(t, "most_threads_upper", most_threads_upper);
  write_ratio("mean_threads", mean_threads.value_or(0), mean_threads.has_value(), t);
  write_side("operators", operators, names, streams, t);
  write_side("groups", groups, names, streams, t);
  write_operators(*this, graph, names, t);
}

}  // namespace alidade
