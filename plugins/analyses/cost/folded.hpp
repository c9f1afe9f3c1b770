#pragma once
#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Marks the operators that a runtime does when it loads the model, and sums up what they do and leave.
void set_folded(const Graph& graph, CostProfile& profile);

}  // namespace alidade::cost
