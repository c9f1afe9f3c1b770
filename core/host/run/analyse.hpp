#pragma once
#include "alidade/results/result.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// What one analysis finds in a graph, given the results before it; nothing thrown by the plugin leaves.
[[nodiscard]] Result<AnyResult> analyse(const Step& step, const Graph& graph, const ResultSet& results);

}  // namespace alidade::host
