#pragma once
#include "alidade/ir/graph.hpp"
#include "alidade/sdk/kernel.hpp"

namespace alidade::lowering {

/// Adds what one operator beside the products works on; sizes that are not known count nothing.
void count_elements(const Graph& graph, NodeId n, ElementCounts& counts);

}  // namespace alidade::lowering
