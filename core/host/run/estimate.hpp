#pragma once
#include "alidade/results/cost.hpp"
#include "alidade/sdk/report.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// What one hardware target says about a model: the cost of every operator that runs and whose work is known,
/// times its runs, and their sums.
[[nodiscard]] Result<HardwareRun> estimate(const Step& step, const Graph& graph, const CostProfile& profile);

}  // namespace alidade::host
