#include <algorithm>
#include <iterator>

#include "alidade/base/text.hpp"
#include "batch.hpp"
#include "check_limits.hpp"
#include "contradicting_flags.hpp"
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

Result<OpenedModel> try_frontends(const ModelStep& step, const Limits& limits);

Result<ModelReading> with_notes(Result<Graph> graph, const Limits& limits) {
  if (!graph) return std::unexpected(std::move(graph).error());
  if (auto fit = check_names(*graph, limits); !fit) return std::unexpected(std::move(fit).error());
  auto notes = graph->notes();
  return ModelReading{std::move(*graph), std::move(notes), {}};
}

/// What is asked of a source: its batch is a size that it is captured with.
ReadRequest asked_of_source(ReadRequest request, const ModelStep& source) {
  if (source.batch) request.bindings["batch"] = *source.batch;
  return request;
}

/// The file that a source became, read by the frontends for such files; the user's own bindings count.
Result<ModelReading> read_made(const ModelStep& source, MadeFile made, const Limits& limits) {
  auto step = source.follow(made.path);
  if (!step) return std::unexpected(std::move(step).error());
  if (source.batch) step->batch = source.batch;
  step->bindings.insert(made.bindings.begin(), made.bindings.end());
  auto opened = try_frontends(*step, limits);
  if (!opened && source.batch && opened.error().fault == Fault::config)
    opened.error().fix = "give the sizes of the inputs, it is captured with them: --input-shape NAME=SIZES";
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
  if (!source || !model.follow)
    return with_notes(guarded(call, [&] { return (*frontend)->read(request); }), limits);
  auto made = guarded(call, [&] { return source->make(asked_of_source(request, model)); });
  if (!made) return std::unexpected(std::move(made).error());
  return read_made(model, std::move(*made), limits);
}

Result<ModelReading> read(const ModelStep& model, const FrontendStep& step, const ReadRequest& request,
                          const Limits& limits) {
  if (!step.worker) return read_here(model, step, request, limits);
  return with_notes(read_in_worker(*step.loaded, step.options, request, limits, step.nursery.get()), limits);
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

ReadRequest request_of(const ModelStep& step, const Limits& limits) {
  ReadRequest request;
  request.path = step.path;
  request.input_shapes = step.input_shapes;
  request.input_dtypes = step.input_dtypes;
  request.bindings = step.bindings;
  request.max_nodes = limits.max_nodes;
  request.max_region_depth = static_cast<std::uint32_t>(limits.max_region_depth);
  return request;
}

using Sizes = std::vector<Dim>;

std::vector<Sizes> output_sizes(const Graph& graph) {
  std::vector<Sizes> sizes;
  for (const ValueId v : graph.outputs())
    sizes.emplace_back(graph.type(v).dims.begin(), graph.type(v).dims.end());
  return sizes;
}

Dim first_size(const Graph& graph, std::string_view input) {
  for (const ValueId v : graph.inputs())
    if (graph.name(v) == input) return graph.type(v).dims[0];
  return {};
}

/// Whether some output has the file's batch and every other size of the file, whatever was asked for: what
/// was worked out is not the work of the batch.
bool loses_batch(const Graph& graph, const std::vector<Sizes>& before, Dim of_file) {
  if (of_file.is_unknown()) return false;
  const auto after = output_sizes(graph);
  const auto same = [](Dim a, Dim b) { return !a.is_known() || !b.is_known() || a == b; };
  for (std::size_t i = 0; i < after.size(); ++i)
    if (!before[i].empty() && !after[i].empty() && before[i][0] == of_file && after[i][0] == of_file &&
        std::ranges::equal(before[i], after[i], same))
      return true;
  return false;
}

/// Values of which some size is unknown.
std::size_t open_types(const Graph& graph) {
  std::size_t count = 0;
  for (const ValueId v : graph.values())
    count += std::ranges::any_of(graph.type(v).dims, &Dim::is_unknown) ? 1 : 0;
  return count;
}

ModelReading with_graph(ModelReading reading, Graph graph) {
  reading.notes = graph.notes(), reading.graph = std::move(graph);
  return reading;
}

/// The request with these first sizes; other sizes that the user gave stay.
ReadRequest with_batch(ReadRequest request, const Graph& graph, const infer::InputShapes& shapes) {
  for (const auto& [name, sizes] : shapes) {
    auto given = request.input_shapes.find(name);
    const bool is_first = !graph.inputs().empty() && graph.name(graph.inputs()[0]) == name;
    if (given == request.input_shapes.end() && is_first) given = request.input_shapes.find("");
    if (given == request.input_shapes.end())
      request.input_shapes.emplace(name, sizes);
    else if (!given->second.empty())
      given->second[0] = sizes[0];
  }
  return request;
}

/// A batch that the file fixes: the frontend reads it with other shapes, so that all that it works out of
/// sizes, numbers and branches as well, is of the batch. Where that does not go, loses the batch or leaves
/// sizes open, the batch is worked through the graph, which is `fixed`.
Result<ModelReading> read_resized(const ModelStep& model, const FrontendStep& step,
                                  const ReadRequest& request, Result<ModelReading> fixed,
                                  const infer::InputShapes& shapes, const Limits& limits) {
  if (!fixed) return fixed;
  const auto before = output_sizes(fixed->graph);
  const Dim of_file = first_size(fixed->graph, shapes.begin()->first);
  const auto open_before = open_types(fixed->graph);
  auto again = read(model, step, with_batch(request, fixed->graph, shapes), limits);
  const bool holds = again && !loses_batch(again->graph, before, of_file);
  if (holds && open_types(again->graph) <= open_before) return again;
  auto resized = infer::with_input_shapes(std::move(fixed->graph), shapes);
  if (holds && !(resized && open_types(*resized) <= open_before)) return again;
  if (!resized) return std::unexpected(std::move(resized).error());
  return with_graph(std::move(*fixed), std::move(*resized));
}

/// Says which names are the batch beside that of the first input: those that nobody bound otherwise.
Result<ModelReading> with_note(Result<ModelReading> read, const BatchChange& change) {
  std::vector<std::string> names;
  for (const auto& [name, size] : change.others) names.push_back(text::quoted(name));
  if (read && !names.empty())
    read->notes.push_back({Severity::note,
                           "batch-names",
                           "the first sizes of other inputs have names of their own and are the batch unless "
                           "--bind says otherwise: " +
                               text::join(names, ", "),
                           {}});
  return read;
}

/// Whether the inputs have these sizes already.
bool has_sizes(const Graph& graph, const infer::InputShapes& shapes) {
  return std::ranges::all_of(
      shapes, [&](const auto& input) { return first_size(graph, input.first) == Dim(input.second[0]); });
}

/// Read as the file is, to see its inputs, and again where something is bound. A source is captured with the
/// batch, and its file is given it, too, for names that a capture leaves open.
Result<ModelReading> read_with_batch(const ModelStep& model, const FrontendStep& step, ReadRequest request,
                                     const Limits& limits) {
  if (!model.batch || model.follow) return read(model, step, request, limits);
  ReadRequest unbound = request;
  unbound.bindings.clear();
  auto first = read(model, step, unbound, limits);
  if (!first) return std::unexpected(first.error());
  auto change = batch_change(first->graph, *model.batch);
  if (!change) return std::unexpected(std::move(change).error());
  request.bindings.insert(change->others.begin(), change->others.end());
  if (!change->symbol.empty()) {
    request.bindings[change->symbol] = *model.batch;
    return with_note(read(model, step, request, limits), *change);
  }
  const bool is_there = has_sizes(first->graph, change->shapes);
  auto fixed = request.bindings.empty() ? std::move(first) : read(model, step, request, limits);
  if (is_there) return with_note(std::move(fixed), *change);
  return with_note(read_resized(model, step, request, std::move(fixed), change->shapes, limits), *change);
}

Result<OpenedModel> try_frontends(const ModelStep& step, const Limits& limits) {
  if (auto fits = check_size(step.path, limits); !fits) return std::unexpected(std::move(fits).error());
  const auto request = request_of(step, limits);
  std::vector<FrontendTry> tries;
  std::vector<Diagnostic> warnings;
  for (const auto& frontend : step.frontends) {
    auto opened = read_with_batch(step, frontend, request, limits);
    if (opened) {
      tries.push_back({frontend.loaded->info.name, std::nullopt});
      std::ranges::move(opened->followed, std::back_inserter(tries));
      std::ranges::move(opened->notes, std::back_inserter(warnings));
      return OpenedModel{std::move(opened->graph), std::move(tries), std::move(warnings), {}, {}};
    }
    warnings.push_back(
        {Severity::warning,
         "frontend-failed",
         "frontend '" + frontend.loaded->info.name + "' cannot read it: " + opened.error().what,
         {}});
    tries.push_back({frontend.loaded->info.name, std::move(opened).error()});
  }
  return std::unexpected(none_worked(step, tries));
}

/// An error as its reader has to see it: with the name of the model in place of a path that says nothing.
Error shown_as(const ModelStep& step, Error error) {
  if (step.shown == step.path) return error;
  for (auto* text : {&error.what, &error.where})
    for (std::size_t at = 0; (at = text->find(step.path, at)) != text->npos; at += step.shown.size())
      text->replace(at, step.path.size(), step.shown);
  return error;
}

bool all_known(const ModelStep& step, const BindingNames& symbols) {
  return std::ranges::all_of(step.bindings, [&](const auto& binding) { return symbols.has(binding.first); });
}

/// The model as its file has it, by the frontends that are left.
Result<OpenedModel> read_unbound(ModelStep step, const Limits& limits) {
  step.bindings.clear(), step.input_shapes.clear(), step.batch.reset();
  return try_frontends(step, limits);
}

/// Two flags that say different sizes; nothing where the file cannot be read without them.
std::optional<Error> contradiction(const ModelStep& step, const Limits& limits) {
  if (!may_contradict(step)) return std::nullopt;
  const auto unbound = read_unbound(step, limits);
  return unbound ? contradiction(unbound->graph, step) : std::nullopt;
}

/// The model's symbols. A graph that was bound after it was read still has their names; a frontend that binds
/// while it reads is asked for the model once more, as its file has it.
BindingNames symbols_of(const ModelStep& step, const OpenedModel& opened, const Limits& limits) {
  BindingNames symbols(opened.graph);
  if (all_known(step, symbols)) return symbols;
  auto unbound = step;
  std::erase_if(unbound.frontends,
                [&](const auto& frontend) { return frontend.loaded->info.name != opened.tries.back().name; });
  const auto again = read_unbound(std::move(unbound), limits);
  return again ? BindingNames(again->graph) : symbols;
}

}  // namespace

Result<OpenedModel> open_model(const ModelStep& step, const Limits& limits) {
  if (auto error = contradiction(step, limits)) return std::unexpected(std::move(*error));
  auto opened = try_frontends(step, limits);
  if (!opened) return std::unexpected(shown_as(step, std::move(opened).error()));
  // what a source is bound to is for its frontend to judge: it captures the model at these sizes
  if (step.bindings.empty() || step.follow) return opened;
  opened->symbols = symbols_of(step, *opened, limits);
  for (const auto& [name, size] : step.bindings) {
    if (opened->symbols.has(name)) continue;
    if (step.own_bindings.contains(name))
      return std::unexpected(no_such_symbol(name, opened->symbols, step.shown));
    opened->unused.push_back(name);
    opened->warnings.push_back(
        {Severity::note,
         "unused-binding",
         "the model has no symbol " + text::quoted(name) + ": the binding changes nothing in it",
         {}});
  }
  return opened;
}

}  // namespace alidade::host
