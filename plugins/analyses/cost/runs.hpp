#pragma once
#include <vector>

#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Sets how often every node runs: loops multiply, and what may not run at all counts once. Both
/// that and an `If` whose branch is not known are said in `remarks`. An error when a product does not fit.
[[nodiscard]] Result<void> set_runs(const Graph& graph, PerNode<NodeCost>& nodes,
                                    std::vector<Diagnostic>& remarks);

}  // namespace alidade::cost
