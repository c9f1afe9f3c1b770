#pragma once
#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// The parameters that one token meets: all, but of a bank of experts [E, ...] only the k that a top-k before
/// it picks for each token. Where no top-k is found, the bank counts as a whole.
[[nodiscard]] Params active_params(const Graph& graph, const CostProfile& profile);

}  // namespace alidade::cost
