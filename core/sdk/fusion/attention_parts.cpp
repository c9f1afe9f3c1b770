#include "alidade/sdk/attention_parts.hpp"

#include <algorithm>

#include "alidade/ir/work.hpp"
#include "alidade/sdk/fusion.hpp"
#include "attention.hpp"

namespace alidade {
namespace {

/// Without these there are no weights of attention.
bool has_exponentials(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(),
                             [&](NodeId n) { return graph.op(n) == Op::softmax || graph.op(n) == Op::exp; });
}

/// Whether the softmax among these steps goes along the last dimension, as where the last are keys.
bool keys_are_last(const FusionInput& input, std::span<const std::uint32_t> steps) {
  return std::ranges::all_of(steps, [&](std::uint32_t step) {
    if (input.op(step) != Op::softmax) return true;
    const NodeId n = input.node(step);
    const auto axes = input.graph().ints(input.graph().attrs<AxesAttrs>(n).axes);
    const auto rank = input.graph().type(input.graph().outputs(n)[0]).rank();
    return axes.size() == 1 && axes[0] + 1 == static_cast<std::int64_t>(rank);
  });
}

}  // namespace

PerNode<AttentionPart> attention_parts(const Graph& graph, const CostProfile& cost) {
  PerNode<AttentionPart> out(graph.node_count(), AttentionPart::none);
  if (!has_exponentials(graph)) return out;
  const FusionInput input(graph, cost, Folding::none);
  for (const auto& written : fusion::written_attention(input)) {
    if (!keys_are_last(input, written.steps)) continue;
    const auto rank = graph.type(graph.outputs(input.node(written.steps.front()))[0]).rank();
    for (const auto step : written.steps) {
      const NodeId n = input.node(step);
      const bool moves = is_free(graph.op(n)) || class_of(graph.op(n)) == OpClass::movement;
      const bool alike = rank > 2 && std::max(graph.type(graph.outputs(n)[0]).rank(),
                                              graph.type(graph.inputs(n)[0]).rank()) == rank;
      if (alike && (!moves || graph.op(n) == Op::cast))
        out[n] = step == written.steps.back() ? AttentionPart::values : AttentionPart::scores;
    }
  }
  return out;
}

}  // namespace alidade
