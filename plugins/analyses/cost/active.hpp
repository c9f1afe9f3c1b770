#pragma once
#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Sets the parameters that one token meets: all, but of a bank of experts [E, ...] only the k that a top-k
/// before it picks for each token, 1 to all where its k is not known. Where no top-k is found, the bank
/// counts as a whole.
void set_active(const Graph& graph, CostProfile& profile);

}  // namespace alidade::cost
