#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "alidade/results/placement.hpp"

namespace alidade {

/// Where a placement puts each operator; one that others hold is where the outermost of them is. Null
/// pointers for what no placement is about.
[[nodiscard]] inline PerNode<const PlacedOperator*> placed_nodes(const Graph& graph,
                                                                 const Placement* placement) {
  PerNode<const PlacedOperator*> out(graph.node_count(), nullptr);
  if (!placement) return out;
  for (const auto& one : placement->operators) out[one.node] = &one;
  for (const NodeId n : graph.nodes()) {
    NodeId outer = n;
    while (graph.region_of(outer) != RegionId(0)) outer = graph.owner(graph.region_of(outer));
    out[n] = out[outer];
  }
  return out;
}

/// The colour of a device in drawings, the wanted one first; more than there are begin anew.
[[nodiscard]] inline std::string_view device_colour(std::size_t device) {
  constexpr std::array<std::string_view, 6> kColours{"#cfe8cf", "#f6d5b0", "#cfdff5",
                                                     "#f5cfe0", "#e8e3b8", "#dcd0f0"};
  return kColours[device % kColours.size()];
}

}  // namespace alidade
