#include <algorithm>
#include <iterator>

#include "alidade/base/text.hpp"
#include "batch.hpp"
#include "host/child/worker.hpp"
#include "host/plugins/guard.hpp"
#include "run.hpp"

namespace alidade::host {
namespace {

/// A model that a frontend has read: what it had to say, and who read the file that it made, if it made one.
struct ModelReading {
  Graph graph;
  std::vector<Diagnostic> notes;
  std::vector<FrontendTry> followed;
};

Result<ModelReading> with_notes(Result<Graph> graph) {
  if (!graph) return std::unexpected(std::move(graph).error());
  auto notes = graph->notes();
  return ModelReading{std::move(*graph), std::move(notes), {}};
}

/// The file that a source became, read by the frontends for such files; the user's own bindings count.
Result<ModelReading> read_made(const ModelStep& source, MadeFile made, const Limits& limits) {
  auto step = source.follow(made.path);
  if (!step) return std::unexpected(std::move(step).error());
  step->bindings.insert(made.bindings.begin(), made.bindings.end());
  auto opened = open_model(*step, limits);
  if (!opened) return std::unexpected(std::move(opened).error());
  std::ranges::move(opened->warnings, std::back_inserter(made.notes));
  return ModelReading{std::move(opened->graph), std::move(made.notes), std::move(opened->tries)};
}

Result<ModelReading> read_here(const ModelStep& model, const FrontendStep& step, const ReadRequest& request,
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

Result<ModelReading> read(const ModelStep& model, const FrontendStep& step, const ReadRequest& request,
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

namespace {

ReadRequest request_of(const ModelStep& step, const Limits& limits) {
  ReadRequest request;
  request.path = step.path;
  request.input_shapes = step.input_shapes;
  request.bindings = step.bindings;
  request.max_nodes = limits.max_nodes;
  return request;
}

/// A batch that the file fixes is worked through the graph; where that does not go, the frontend reads the
/// file with other shapes.
Result<ModelReading> read_resized(const ModelStep& model, const FrontendStep& step, ReadRequest request,
                                  const infer::InputShapes& shapes, const Limits& limits) {
  auto fixed = read(model, step, request, limits);
  if (!fixed) return fixed;
  auto resized = infer::with_input_shapes(std::move(fixed->graph), shapes);
  if (resized) {
    fixed->notes = resized->notes(), fixed->graph = std::move(*resized);
    return fixed;
  }
  request.input_shapes.insert(shapes.begin(), shapes.end());
  auto again = read(model, step, request, limits);
  return again ? std::move(again) : std::unexpected(std::move(resized).error());
}

/// Read once as the file is, to see its inputs. A source hands the batch on to the file that it makes.
Result<ModelReading> read_with_batch(const ModelStep& model, const FrontendStep& step, ReadRequest request,
                                     const Limits& limits) {
  if (!model.batch || model.follow) return read(model, step, request, limits);
  ReadRequest unbound = request;
  unbound.bindings.clear();
  const auto first = read(model, step, unbound, limits);
  if (!first) return std::unexpected(first.error());
  auto change = batch_change(first->graph, *model.batch);
  if (!change) return std::unexpected(std::move(change).error());
  if (change->symbol.empty()) return read_resized(model, step, std::move(request), change->shapes, limits);
  request.bindings[change->symbol] = *model.batch;
  return read(model, step, request, limits);
}

}  // namespace

Result<OpenedModel> open_model(const ModelStep& step, const Limits& limits) {
  const ReadRequest request = request_of(step, limits);
  std::vector<FrontendTry> tries;
  std::vector<Diagnostic> warnings;
  for (const auto& frontend : step.frontends) {
    auto reading = read_with_batch(step, frontend, request, limits);
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
