// The same as JSON.
#include <map>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/placements/placement_out.hpp"

namespace alidade::cli {
namespace {

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

std::string percentage(std::uint64_t part, std::uint64_t all) {
  return text::fixed(all == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(all), 2) + "%";
}

/// Where an operator stands in the source: "unsup.py(28)"; its name where the file does not say.
std::string call_of(const Graph& graph, NodeId node) {
  const auto source = graph.source(node);
  if (!source) return std::string(graph.name(node));
  return std::string(source->first) + "(" + std::to_string(source->second) + ")";
}

void write_unsupported(const PlacementTask& task, ObjectWriter& t) {
  t.begin_array("unsupported_operators");
  for (std::size_t step = 0; step < task.nodes.size(); ++step) {
    if (task.devices[0].runs(step)) continue;
    const NodeId node = task.nodes[step];
    t.begin_object();
    t.text("kind", framework_name(*task.graph, node)), t.text("failureAt", "neuronx-cc");
    t.text("call", call_of(*task.graph, node)), t.text("opGraph", task.graph->name(node));
    t.text("reason", task.devices[0].verdicts[step].reason);
    t.end_object();
  }
  t.end_array();
}

void write_analysis(const AnalyzedModel& one, ObjectWriter& t) {
  const auto& task = one.task;
  Counts supported;
  std::uint64_t count = 0;
  for (std::size_t step = 0; step < task.nodes.size(); ++step)
    if (task.devices[0].runs(step)) ++supported[framework_name(*task.graph, task.nodes[step])], ++count;
  t.begin_object();
  t.text("model", one.model->id);
  t.nothing("torch_neuronx_version");
  if (one.rules.empty())
    t.nothing("neuronx_cc_version");
  else
    t.text("neuronx_cc_version", "rules of " + one.rules);
  t.text("support_percentage", percentage(count, task.nodes.size()));
  t.begin_object("supported_operators");
  for (const auto& [name, times] : supported) t.count(name, times);
  t.end_object();
  write_unsupported(task, t);
  t.end_object();
}

}  // namespace

std::vector<PlacementRow> placement_rows(const Run& run) {
  std::vector<PlacementRow> out;
  for (const auto& model : run.models)
    if (model.results)
      for (const auto* placement : model.results->all_of<Placement>()) out.push_back({&model, placement});
  return out;
}

void write_placement_json(const std::vector<PlacementRow>& rows, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& row : rows) {
    t.begin_object();
    t.text("model", row.model->id);
    row.placement->write(*row.model->graph, t);
    t.begin_array("log");
    for (const auto& line : row.placement->log) t.text({}, line);
    t.end_array();
    t.end_object();
  }
  t.end_array();
  out.write("\n");
}

void write_analysis_json(const std::vector<AnalyzedModel>& models, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& one : models) write_analysis(one, t);
  t.end_array();
  out.write("\n");
}

}  // namespace alidade::cli
