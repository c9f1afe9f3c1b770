#pragma once
#include "alidade/ir/axes.hpp"
#include "alidade/results/cost.hpp"

namespace alidade {

/// What each node is in attention that is written as products and a softmax, in any spelling; views are none.
[[nodiscard]] PerNode<AttentionPart> attention_parts(const Graph& graph, const CostProfile& cost);

}  // namespace alidade
