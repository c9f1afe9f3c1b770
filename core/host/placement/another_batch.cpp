#include "another_batch.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/ir/arrays.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/placed_nodes.hpp"
#include "host/run/batch.hpp"

namespace alidade::host {
namespace {

/// A graph as it is, and with twice its batch.
struct Doubled {
  Graph graph;
  std::int64_t batch = 1;
};

Result<Graph> copy_of(const Graph& graph) {
  return Graph::adopt(std::make_unique<GraphArrays>(graph.arrays()));
}

Result<Doubled> doubled(const Graph& graph) {
  const auto batch = static_cast<std::int64_t>(batch_of(graph));
  const auto change = batch_change(graph, 2 * batch);
  if (!change) return std::unexpected(change.error());
  auto copy = copy_of(graph);
  if (!copy) return std::unexpected(std::move(copy).error());
  auto other = infer::with_input_shapes(std::move(*copy), change->shapes);
  if (!other) return std::unexpected(std::move(other).error());
  return Doubled{std::move(*other), batch};
}

/// Why a tensor that goes between partitions does not go with another batch.
std::optional<std::string> objection(const Graph& graph, const Doubled& other, ValueId v) {
  const auto now = graph.type(v), then = other.graph.type(v);
  const auto name = text::quoted(graph.name(v));
  if (!now.is_static() || !then.is_static()) return "the sizes of " + name + " are not known";
  if (std::ranges::equal(now.dims, then.dims)) return name + " has no size that is the batch";
  const bool first = now.rank() > 0 && now.dims[0].size() == other.batch &&
                     then.dims[0].size() == 2 * other.batch &&
                     std::ranges::equal(now.dims.subspan(1), then.dims.subspan(1));
  if (first) return std::nullopt;
  return "the batch is not the first size of " + name + " alone";
}

/// Tensors that a partition reads of others or gives to them, each with the partition; of the model's inputs
/// and outputs, too.
void each_crossing(const Graph& graph, const Placement& placement, auto&& f) {
  const auto placed = placed_nodes(graph, &placement);
  for (const NodeId n : graph.nodes()) {
    if (!placed[n]) continue;
    for (const ValueId v : graph.inputs(n)) {
      const auto maker = v.valid() ? graph.producer(v) : NodeId();
      const auto* from = maker.valid() ? placed[maker] : nullptr;
      if (from && from->partition != placed[n]->partition) f(from->partition, v), f(placed[n]->partition, v);
      if (v.valid() && graph.kind(v) == ValueKind::input) f(placed[n]->partition, v);
    }
  }
  for (const ValueId v : graph.outputs())
    if (const auto maker = graph.producer(v); maker.valid() && placed[maker]) f(placed[maker]->partition, v);
}

}  // namespace

void add_batches(const Graph& graph, Placement& placement) {
  const auto other = doubled(graph);
  for (auto& partition : placement.partitions) {
    partition.takes_batch = other ? std::optional(true) : std::nullopt;
    if (!other) partition.batch_reason = other.error().what;
  }
  if (!other) return;
  each_crossing(graph, placement, [&](std::uint32_t number, ValueId v) {
    auto& partition = placement.partitions[number];
    if (!*partition.takes_batch) return;
    if (auto why = objection(graph, *other, v))
      partition.takes_batch = false, partition.batch_reason = std::move(*why);
  });
}

}  // namespace alidade::host
