#pragma once
#include "alidade/results/placement.hpp"
#include "host/placement/task.hpp"

namespace alidade::host {

/// Where a placer puts the operators of a model, checked, with its figures.
[[nodiscard]] Result<Placement> place(const Graph& graph, const CostProfile& cost, const Plan& plan,
                                      const PlacementStep& step, Estimator& estimator);

}  // namespace alidade::host
