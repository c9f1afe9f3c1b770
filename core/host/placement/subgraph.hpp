#pragma once
#include <span>
#include <string_view>

#include "alidade/ir/graph.hpp"

namespace alidade::host {

/// Some operators of a graph as a graph of their own: its inputs are what they read of others that run with
/// the model, its outputs what those read of them, or the model gives. What is worked out before the model
/// runs comes along. `placed` says which operators run with the model.
[[nodiscard]] Result<Graph> subgraph(const Graph& graph, std::string_view name, std::span<const NodeId> nodes,
                                     const PerNode<char>& placed);

}  // namespace alidade::host
