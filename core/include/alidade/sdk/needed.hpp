#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade {

/// Whether an output of the model needs what a node computes, for every node; all, where the graph names no
/// outputs, or was captured in parts between which values went unseen.
[[nodiscard]] PerNode<char> needed_nodes(const Graph& graph);

}  // namespace alidade
