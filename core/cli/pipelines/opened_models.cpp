#include "cli/pipelines/opened_models.hpp"

#include "alidade/ir/print.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

void read_graph(OpenedFacts& facts, const Graph& graph) {
  for (const ValueId value : graph.inputs())
    facts.inputs.emplace_back(graph.name(value), to_text(graph, graph.type_id(value)));
  facts.symbols = graph.free_symbols();
  facts.nodes = graph.node_count();
  for (const NodeId node : graph.nodes()) facts.opaque += graph.op(node) == Op::opaque ? 1 : 0;
  facts.tensors = graph.value_count();
  for (const ValueId value : graph.values()) facts.shaped += graph.type(value).is_static() ? 1 : 0;
}

}  // namespace

std::vector<OpenedFacts> open_all(const host::Plan& plan, host::SharedBindings& bindings) {
  std::vector<OpenedFacts> all;
  for (const auto& step : plan.models) {
    auto& facts = all.emplace_back();
    facts.step = &step;
    auto opened = host::open_model(step, plan.limits);
    if (!opened) {
      facts.error = std::move(opened).error();
      bindings.unread();
      continue;
    }
    bindings.read(opened->unused, opened->symbols, step.shown);
    facts.frontend = opened->tries.back().name;
    for (const auto& warning : opened->warnings)
      facts.warnings.push_back(warning.text + " [" + warning.code + "]");
    read_graph(facts, opened->graph);
  }
  return all;
}

}  // namespace alidade::cli
