#pragma once
#include "alidade/results/cost.hpp"
#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// Concatenations that are never done, as each operand is written straight into its part of the result by the
/// operator that makes it: one of the model in the same region, whose result is no view, is not handed out of
/// the region, and has no place in another concatenation yet. One of which somebody reads a slice is done.
[[nodiscard]] PerNode<char> elided_concats(const Graph& graph, const CostProfile& cost, Folding folding,
                                           Concats concats);

}  // namespace alidade::fusion
