#include "phase.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/sole_name.hpp"
#include "alidade/ir/wire.hpp"
#include "host/run/run.hpp"

namespace alidade::host::serving {
namespace {

/// The name that a size has by itself; empty: it is a number or a formula.
std::string name_of(const Graph& graph, ValueId v, std::size_t axis) {
  const auto type = graph.type(v);
  if (axis >= type.rank() || !type.dims[axis].is_symbolic()) return {};
  return sole_name(graph.expression(type.dims[axis].symbol())).value_or("");
}

/// The first input of token ids: whole numbers by sequence and place.
ValueId ids_of(const Graph& graph) {
  for (const ValueId v : graph.inputs())
    if (const auto type = graph.type(v); type.rank() == 2 && is_integer(type.dtype)) return v;
  return {};
}

/// Names of sizes of inputs that are neither the batch nor a length: of masks over all tokens.
std::vector<std::string> other_names(const Graph& graph, const PhaseGraph& phase) {
  std::vector<std::string> out;
  for (const ValueId v : graph.inputs())
    for (const Dim dim : graph.type(v).dims) {
      if (!dim.is_symbolic()) continue;
      const auto text = std::string(graph.expression(dim.symbol()));
      const auto name = sole_name(text).value_or("");
      const bool known = name == phase.batch || name == phase.past || name == phase.seq;
      if (!name.empty() && !known && std::ranges::find(out, name) == out.end()) out.push_back(name);
    }
  return out;
}

std::unexpected<Error> no_cache(const std::string& path) {
  return fail(
      Fault::model, "the model keeps no cache between tokens: none of its outputs comes back as an input",
      path,
      "capture a decoder in a phase: alidade-capture hf:NAME --phase decode; or export it with its past as "
      "inputs");
}

}  // namespace

bool PhaseGraph::has(CacheKind kind) const {
  return std::ranges::find(cache, kind, &CacheTensor::kind) != cache.end();
}
bool PhaseGraph::grows() const {
  return std::ranges::any_of(cache, [](const CacheTensor& tensor) {
    return tensor.kind != CacheKind::state && tensor.kind != CacheKind::cross;
  });
}

Result<PhaseGraph> read_phase(const ModelStep& step, const Limits& limits) {
  auto opened = open_model(step, limits);
  if (!opened) return std::unexpected(std::move(opened).error());
  const Graph& graph = opened->graph;
  PhaseGraph out{to_wire(graph), std::string(graph.name()), step.shown, cache_of(graph), {}, {}, {}, {}};
  if (out.cache.empty()) return no_cache(step.shown);
  const ValueId ids = ids_of(graph);
  if (ids.valid()) out.batch = name_of(graph, ids, 0), out.seq = name_of(graph, ids, 1);
  for (const auto& tensor : out.cache)
    if (tensor.input.valid() && out.past.empty() && tensor.kind != CacheKind::state)
      out.past = name_of(graph, tensor.input, static_cast<std::size_t>(tensor.axis));
  const bool needs_length = out.grows() && !out.has(CacheKind::cross);
  if (out.batch.empty() || (needs_length && out.past.empty() && out.seq.empty()))
    return fail(Fault::model, "the batch and the length of the context have no names in this file",
                step.shown, "capture it with both left open: alidade-capture hf:NAME --phase decode");
  out.whole_lengths = other_names(graph, out);
  return out;
}

Result<Graph> bound(const PhaseGraph& phase, std::uint64_t batch, std::uint64_t tokens, std::uint64_t past) {
  auto graph = from_wire(phase.wire);
  if (!graph) return graph;
  const auto size = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  Bindings bindings{{phase.batch, size(batch)}};
  if (!phase.past.empty()) bindings[phase.past] = size(past);
  if (!phase.seq.empty()) bindings[phase.seq] = size(tokens);
  for (const auto& name : phase.whole_lengths) bindings[name] = size(past + tokens);
  return alidade::bind(std::move(*graph), bindings);
}

}  // namespace alidade::host::serving
