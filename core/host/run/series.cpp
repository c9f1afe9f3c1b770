#include "series.hpp"

#include <algorithm>
#include <utility>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/wire.hpp"
#include "batch.hpp"

namespace alidade::host {
namespace {

/// Values of which some size is not a number.
std::size_t open_types(const Graph& graph) {
  const auto open = [](Dim dim) { return !dim.is_known(); };
  return static_cast<std::size_t>(std::ranges::count_if(
      graph.values(), [&](ValueId v) { return std::ranges::any_of(graph.type(v).dims, open); }));
}

std::optional<Dim> leading(const Graph& graph, ValueId v) {
  const auto type = graph.type(v);
  return type.rank() > 0 ? std::optional(type.dims[0]) : std::nullopt;
}

/// Whether an output that had the batch of the file still has it.
bool loses_batch(const Graph& graph, const Graph& before) {
  if (before.inputs().empty()) return false;
  const auto of_file = leading(before, before.inputs()[0]);
  for (std::size_t i = 0; i < graph.outputs().size(); ++i)
    if (of_file && leading(before, before.outputs()[i]) == of_file &&
        leading(graph, graph.outputs()[i]) == of_file)
      return true;
  return false;
}

Result<Graph> changed(Graph graph, const BatchChange& change, std::int64_t batch) {
  if (change.symbol.empty()) return infer::with_input_shapes(std::move(graph), change.shapes);
  auto bindings = change.others;
  bindings[change.symbol] = batch;
  return alidade::bind(std::move(graph), bindings);
}

}  // namespace

bool SeriesReader::read_base(const ModelStep& step, const Limits& limits) {
  if (base_ && base_->series == step.series) return true;
  base_.reset();
  auto unbatched = step;
  unbatched.batch.reset();
  auto opened = open_model(unbatched, limits);
  if (!opened) return false;
  auto wire = to_wire(opened->graph);
  const auto open = open_types(opened->graph);
  base_.emplace(step.series, std::move(wire), open, std::move(*opened));
  return true;
}

std::optional<OpenedModel> SeriesReader::with_batch(std::int64_t batch) const {
  const auto& before = base_->opened.graph;
  const auto change = batch_change(before, batch);
  if (!change || !change->others.empty()) return std::nullopt;  // a note has to say so: see open_model()
  auto copy = from_wire(base_->wire);
  if (!copy) return std::nullopt;
  auto graph = changed(std::move(*copy), *change, batch);
  if (!graph || open_types(*graph) > base_->open_types || loses_batch(*graph, before)) return std::nullopt;
  OpenedModel out{std::move(*graph), base_->opened.tries, base_->opened.warnings, base_->opened.unused,
                  base_->opened.symbols};
  for (const auto& note : out.graph.notes())
    if (std::ranges::find(out.warnings, note.text, &Diagnostic::text) == out.warnings.end())
      out.warnings.push_back(note);
  return out;
}

Result<OpenedModel> SeriesReader::open(const ModelStep& step, const Limits& limits) {
  if (step.series != 0 && step.batch && !step.follow && read_base(step, limits))
    if (auto out = with_batch(*step.batch)) return std::move(*out);
  return open_model(step, limits);
}

}  // namespace alidade::host
