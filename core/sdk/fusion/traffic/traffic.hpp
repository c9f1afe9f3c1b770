#pragma once
#include "alidade/results/fusion.hpp"
#include "reads.hpp"

namespace alidade::fusion {

/// Fills in what the operators of every group move unfused and fused, also under the older definition. An
/// error names the node at which a sum leaves 63 bits.
[[nodiscard]] Result<void> add_traffic(const Graph& graph, const CostProfile& cost, const Reads& reads,
                                       FusionPlan& plan);

}  // namespace alidade::fusion
