#include <algorithm>
#include <iterator>

#include "alidade/base/text.hpp"
#include "host/plugins/guard.hpp"
#include "run.hpp"
#include "host/child/worker.hpp"

namespace alidade::host {
namespace {

/// A model that a frontend has read: what it had to say, and who read the file that it made, if it made one.
struct Reading {
  Graph graph;
  std::vector<Diagnostic> notes;
  std::vector<FrontendTry> followed;
};

Result<Reading> with_notes(Result<Graph> graph) {
  if (!graph) return std::unexpected(std::move(graph).error());
  auto notes = graph->notes();
  return Reading{std::move(*graph), std::move(notes), {}};
}

/// The file that a source became, read by the frontends for such files; the user's own bindings count.
Result<Reading> read_made(const ModelStep& source, MadeFile made, const Limits& limits) {
  auto step = source.follow(made.path);
  if (!step) return std::unexpected(std::move(step).error());
  step->bindings.insert(made.bindings.begin(), made.bindings.end());
  auto opened = open_model(*step, limits);
  if (!opened) return std::unexpected(std::move(opened).error());
  std::ranges::move(opened->warnings, std::back_inserter(made.notes));
  return Reading{std::move(opened->graph), std::move(made.notes), std::move(opened->tries)};
}

Result<Reading> read_here(const ModelStep& model, const FrontendStep& step, const ReadRequest& request,
                          const Limits& limits) {
  const auto frontend = make_component<Frontend>(*step.loaded, step.options);
  if (!frontend) return std::unexpected(frontend.error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "reading the model"};
  const auto* source = dynamic_cast<const SourceFrontend*>(frontend->get());
  if (!source || !model.follow) return with_notes(guarded(call, [&] { return (*frontend)->read(request); }));
  auto made = guarded(call, [&] { return source->make(request); });
  if (!made) return std::unexpected(std::move(made).error());
  return read_made(model, std::move(*made), limits);
}

Result<Reading> read(const ModelStep& model, const FrontendStep& step, const ReadRequest& request,
                     const Limits& limits) {
  if (!step.worker) return read_here(model, step, request, limits);
  return with_notes(
      read_in_worker(*step.loaded, step.options, request, {limits.memory_mib, limits.cpu_s, limits.wall_s}));
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
    auto reading = read(step, frontend, request, limits);
    if (reading) {
      tries.push_back({frontend.loaded->info.name, std::nullopt});
      std::ranges::move(reading->followed, std::back_inserter(tries));
      std::ranges::move(reading->notes, std::back_inserter(warnings));
      return OpenedModel{std::move(reading->graph), std::move(tries), std::move(warnings)};
    }
    warnings.push_back(
        {Severity::warning,
         "frontend-failed",
         "frontend '" + frontend.loaded->info.name + "' cannot read it: " + reading.error().what,
         {}});
    tries.push_back({frontend.loaded->info.name, std::move(reading).error()});
  }
  return std::unexpected(none_worked(step, tries));
}

}  // namespace alidade::host
