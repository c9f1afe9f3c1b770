#pragma once
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// The highest sum of live activations in every region when its nodes run in file order, the outermost first:
/// a tensor lives from its making to its last use, views share their source's storage, inputs live from the
/// start and outputs to the end, a nested region adds its own peak. Unknown sizes are 0.
[[nodiscard]] Result<std::vector<Bytes>> region_peaks(const Graph& graph);

/// Activations that take memory of an unknown size: where there are any, peaks are the least that they may
/// be.
[[nodiscard]] std::vector<ValueId> unsized_activations(const Graph& graph);

/// Whether an output of the model needs what a node computes, for every node; all, where the graph names no
/// outputs, or was captured in parts between which values went unseen.
[[nodiscard]] PerNode<char> needed_nodes(const Graph& graph);

}  // namespace alidade
