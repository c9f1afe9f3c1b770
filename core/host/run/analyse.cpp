#include "analyse.hpp"

#include "alidade/ir/wire.hpp"
#include "alidade/sdk/analysis.hpp"
#include "host/plugins/guard.hpp"
#include "host/plugins/outside.hpp"

namespace alidade::host {
namespace {

PluginCall call_of(const Step& step) {
  return {step.loaded->info.name, step.loaded->library, "analysing the model"};
}

}  // namespace

Result<AnyResult> analyse(const Step& step, const Graph& graph, const ResultSet& results) {
  const auto pass = make_component<AnalysisPass>(*step.loaded, step.options);
  if (!pass) return std::unexpected(pass.error());
  return guarded(call_of(step), [&] { return (*pass)->run_erased(graph, results); });
}

Analysed analyse_apart(const Step& step, const Graph& graph, const ResultSet& results) {
  if (!is_outside(*step.loaded)) return {analyse(step, graph, results), nullptr};
  const auto wire = to_wire(graph);
  auto copy = from_wire(wire);
  if (!copy) return {std::unexpected(std::move(copy).error()), nullptr};
  auto lent = std::make_unique<const Graph>(std::move(*copy));
  auto result = analyse(step, *lent, results);
  if (result && to_wire(*lent) != wire)
    result =
        std::unexpected(broken_contract(call_of(step), "wrote into the graph, which is there to be read"));
  return {std::move(result), std::move(lent)};
}

}  // namespace alidade::host
