#pragma once
#include <vector>

#include "alidade/infer/types.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade::infer {

/// First states [layers, batch, hidden] that the program makes for recurrent layers alone, without a value of
/// the file, get the batch that `layer` has now: the program makes them for every batch. Shapes are by value.
void take_first_states(const Graph& graph, NodeId layer, const std::vector<Shape>& before,
                       std::vector<Shape>& after);

}  // namespace alidade::infer
