#include "read_model.hpp"

#include <algorithm>
#include <utility>

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

}  // namespace

ReadModel::ReadModel(std::string path, OpenedModel opened)
    : path_(std::move(path)),
      wire_(to_wire(opened.graph)),
      open_types_(host::open_types(opened.graph)),
      opened_(std::move(opened)),
      names_(opened_.graph) {}

Result<ReadModel> ReadModel::read(ModelStep step, const Limits& limits) {
  step.batch.reset();
  auto opened = open_model(step, limits);
  if (!opened) return std::unexpected(std::move(opened).error());
  return ReadModel(step.shown, std::move(*opened));
}

std::optional<Graph> ReadModel::changed(std::optional<std::int64_t> batch, Bindings bindings) const {
  const auto& before = opened_.graph;
  auto graph = from_wire(wire_);
  if (batch) {
    const auto change = batch_change(before, *batch);
    if (!change || !change->others.empty()) return std::nullopt;  // a note has to say so: see open_model()
    // numbers and branches that were worked out of a fixed size are of that size: the file has to say
    if (change->symbol.empty()) return std::nullopt;
    const auto [bound, added] = bindings.emplace(change->symbol, *batch);
    if (!added && bound->second != *batch) return std::nullopt;  // open_model() refuses it
  }
  if (graph && !bindings.empty()) graph = alidade::bind(std::move(*graph), bindings);
  if (!graph || (batch && loses_batch(*graph, before))) return std::nullopt;
  return std::move(*graph);
}

std::optional<Result<OpenedModel>> ReadModel::at(std::optional<std::int64_t> batch,
                                                 const Bindings& bindings) const {
  for (const auto& [name, size] : bindings)
    if (!names_.has(name)) return Result<OpenedModel>(std::unexpected(no_such_symbol(name, names_, path_)));
  auto graph = changed(batch, bindings);
  const auto most_open = bindings.empty() ? open_types_ : 0;
  if (!graph || open_types(*graph) > most_open) return std::nullopt;
  OpenedModel out{std::move(*graph), opened_.tries, opened_.warnings, opened_.unused, opened_.symbols};
  for (const auto& note : out.graph.notes())
    if (std::ranges::find(out.warnings, note.text, &Diagnostic::text) == out.warnings.end())
      out.warnings.push_back(note);
  return Result<OpenedModel>(std::move(out));
}

/// FNV-1a.
std::uint64_t ReadModel::checksum() const {
  std::uint64_t sum = 14695981039346656037ull;
  for (const unsigned char byte : wire_) sum = (sum ^ byte) * 1099511628211ull;
  return sum;
}

}  // namespace alidade::host
