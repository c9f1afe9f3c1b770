#include "analyse.hpp"

#include "alidade/sdk/analysis.hpp"
#include "host/plugins/guard.hpp"

namespace alidade::host {

Result<AnyResult> analyse(const Step& step, const Graph& graph, const ResultSet& results) {
  const auto pass = make_component<AnalysisPass>(*step.loaded, step.options);
  if (!pass) return std::unexpected(pass.error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "analysing the model"};
  return guarded(call, [&] { return (*pass)->run_erased(graph, results); });
}

}  // namespace alidade::host
