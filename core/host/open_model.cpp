#include "alidade/base/text.hpp"
#include "host/guard.hpp"
#include "host/run.hpp"
#include "host/worker.hpp"

namespace alidade::host {
namespace {

Result<Graph> read_here(const FrontendStep& step, const ReadRequest& request) {
  const auto frontend = make_component<Frontend>(*step.loaded, step.options);
  if (!frontend) return std::unexpected(frontend.error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "reading the model"};
  return guarded(call, [&] { return (*frontend)->read(request); });
}

Result<Graph> read(const FrontendStep& step, const ReadRequest& request, const Limits& limits) {
  if (!step.worker) return read_here(step, request);
  return read_in_worker(*step.loaded, step.options, request,
                        {limits.memory_mib, limits.cpu_s, limits.wall_s});
}

/// The first cause as it is, then one line for each further frontend.
Error none_worked(const ModelStep& step, const std::vector<FrontendTry>& tries) {
  Error first = *tries.front().error;
  if (first.where.empty()) first.where = step.path;
  if (tries.size() == 1) return first;
  first.what = "'" + tries.front().name + "' cannot read it: " + first.what;
  for (std::size_t i = 1; i < tries.size(); ++i)
    first.what += "\n  then '" + tries[i].name + "' cannot either: " + tries[i].error->what;
  return first;
}

}  // namespace

Result<OpenedModel> open_model(const ModelStep& step, const Limits& limits) {
  ReadRequest request;
  request.path = step.path;
  request.input_shapes = step.input_shapes;
  request.bindings = step.bindings;
  request.max_nodes = limits.max_nodes;
  std::vector<FrontendTry> tries;
  std::vector<Diagnostic> warnings;
  for (const auto& frontend : step.frontends) {
    auto graph = read(frontend, request, limits);
    if (graph) {
      tries.push_back({frontend.loaded->info.name, std::nullopt});
      for (auto& note : graph->notes()) warnings.push_back(std::move(note));
      return OpenedModel{std::move(*graph), std::move(tries), std::move(warnings)};
    }
    warnings.push_back({Severity::warning,
                        "frontend-failed",
                        "frontend '" + frontend.loaded->info.name + "' cannot read it: " + graph.error().what,
                        {}});
    tries.push_back({frontend.loaded->info.name, std::move(graph).error()});
  }
  return std::unexpected(none_worked(step, tries));
}

}  // namespace alidade::host
