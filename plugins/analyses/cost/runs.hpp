#pragma once
#include <vector>

#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Sets how often every node runs: loops multiply, of an if only the costlier branch runs. An unknown trip
/// count is 1 and said so in `remarks`, like every choice of a branch. An error when a product does not fit.
[[nodiscard]] Result<void> set_runs(const Graph& graph, PerNode<NodeCost>& nodes,
                                    std::vector<Diagnostic>& remarks);

}  // namespace alidade::cost
