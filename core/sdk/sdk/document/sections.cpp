#include <algorithm>
#include <array>

#include "alidade/ir/print.hpp"
#include "alidade/sdk/estimate.hpp"
#include "parts.hpp"
#include "sdk/results/cost_figures.hpp"

namespace alidade::document {
namespace {

std::string_view name(Fault fault) {
  switch (fault) {
    case Fault::check:
      return "check";
    case Fault::config:
      return "config";
    case Fault::model:
      return "model";
    case Fault::plugin:
      return "plugin";
    case Fault::output:
      return "output";
    case Fault::limit:
      return "limit";
    case Fault::internal:
      return "internal";
  }
  return "internal";
}

void write_values(const Graph& graph, std::string_view key, std::span<const ValueId> values,
                  ObjectWriter& out) {
  out.begin_array(key);
  for (const auto value : values) {
    out.begin_object();
    out.text("name", graph.name(value));
    out.text("type", to_text(graph, graph.type_id(value)));
    out.end_object();
  }
  out.end_array();
}

/// The part of every layer in the time of its kernel, and what bounds that, in the order of "layers". There
/// is none where the data decide how often a layer runs.
void write_times(const Estimate& e, const Graph& graph, const CostProfile& cost,
                 const std::vector<Layer>& layers, ObjectWriter& out) {
  const auto times = e.by_node(graph, cost);
  out.begin_array("layer_time_s");
  for (const auto& layer : layers)
    if (e.knows(layer.node) && cost.nodes[layer.node].runs_upper == cost.nodes[layer.node].runs)
      out.real({}, times[layer.node].value);
    else
      out.nothing({});
  out.end_array();
  out.begin_array("layer_bound");
  for (const auto& layer : layers) {
    const auto bound = e.bound_of(layer.node);
    out.text({}, bound ? alidade::name(*bound) : e.knows(layer.node) ? "none" : "unknown");
  }
  out.end_array();
}

/// The totals that a document has, in order, by the names of the profile's figures and by their own.
struct Total {
  std::string_view figure, as = figure;
};
constexpr std::array kTotals{Total{"macs"},
                             Total{"flops"},
                             Total{"params"},
                             Total{"active_params"},
                             Total{"param_bytes"},
                             Total{"buffers"},
                             Total{"weight_bytes"},
                             Total{"traffic_bytes"},
                             Total{"input_bytes", "input_traffic_bytes"},
                             Total{"output_bytes", "output_traffic_bytes"},
                             Total{"weight_read_bytes", "weight_traffic_bytes"},
                             Total{"peak_activation_bytes"},
                             Total{"ops"},
                             Total{"opaque_ops"},
                             Total{"unknown_ops"},
                             Total{"unsized_ops"}};

/// Its kind; where there are several of that kind, with its id.
std::string key_of(const AnyResult& result, std::span<const AnyResult> all) {
  const auto alike = std::ranges::count(all, result.key(), &AnyResult::key);
  return std::string(result.key().name) + (alike > 1 ? "_" + result.id() : "");
}

}  // namespace

void write_totals(const CostProfile& cost, ObjectWriter& out) {
  const auto figures = figures_of(cost);
  out.begin_object("totals");
  for (const auto& [figure, as] : kTotals)
    write_figure(*std::ranges::find(figures, figure, &CostFigure::name), out, as);
  write_conventions(cost, out);
  out.end_object();
}

void write_graph(const ModelRun& model, ObjectWriter& out) {
  const auto& graph = *model.graph;
  out.begin_object("graph");
  out.text("name", graph.name());
  out.text("format", graph.format());
  out.text("producer", graph.producer());
  out.count("nodes", graph.node_count());
  write_values(graph, "inputs", graph.inputs(), out);
  write_values(graph, "outputs", graph.outputs(), out);
  out.begin_array("free_symbols");
  for (const auto& symbol : graph.free_symbols()) out.text({}, symbol);
  out.end_array();
  out.end_object();
}

void write_hardware(const ModelRun& model, const std::vector<Layer>& layers, ObjectWriter& out) {
  const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
  out.begin_array("hardware");
  for (const auto* estimate : estimates_of(model.results)) {
    out.begin_object();
    estimate->write(*model.graph, out);
    if (cost) write_times(*estimate, *model.graph, *cost, layers, out);
    out.end_object();
  }
  out.end_array();
}

void write_analyses(const ModelRun& model, ObjectWriter& out) {
  out.begin_object("analyses");
  const auto all = model.results ? model.results->all() : std::span<const AnyResult>{};
  for (const auto& result : all) {
    if (result.as<Estimate>()) continue;  // under "hardware"
    out.begin_object(key_of(result, all));
    out.count("version", result.key().version);
    result.write(*model.graph, out);
    out.end_object();
  }
  out.end_object();
}

void write_failed(const ModelRun& model, ObjectWriter& out) {
  out.begin_array("failed_analyses");
  for (const auto& failed : model.failed) {
    out.begin_object();
    out.text("analysis", failed.id);
    out.flag("skipped", failed.skipped);
    write_error("error", failed.error, out);
    out.end_object();
  }
  out.end_array();
}

void write_warnings(const ModelRun& model, ObjectWriter& out) {
  out.begin_array("warnings");
  for (const auto& warning : model.warnings) {
    out.begin_object();
    out.text("severity", name(warning.severity));
    out.text("code", warning.code);
    out.text("text", warning.text);
    if (warning.node.valid() && model.graph)
      out.text("node", model.graph->name(warning.node));
    else
      out.nothing("node");
    out.end_object();
  }
  out.end_array();
}

void write_error(std::string_view key, const Error& error, ObjectWriter& out) {
  out.begin_object(key);
  out.text("fault", name(error.fault));
  out.text("what", error.what);
  out.text("where", error.where);
  out.text("fix", error.fix);
  out.end_object();
}

void write_frontend(const ModelRun& model, ObjectWriter& out) {
  const auto failed = [](const FrontendTry& attempt) { return attempt.error.has_value(); };
  out.begin_object("frontend");
  if (model.tries.empty() || failed(model.tries.back()))
    out.nothing("used");
  else
    out.text("used", model.tries.back().name);
  out.begin_array("tries");
  for (const auto& attempt : model.tries) {
    out.begin_object();
    out.text("name", attempt.name);
    if (failed(attempt))
      write_error("error", *attempt.error, out);
    else
      out.nothing("error");
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

}  // namespace alidade::document
