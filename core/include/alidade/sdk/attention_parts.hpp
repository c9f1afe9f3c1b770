#pragma once
#include "alidade/ir/axes.hpp"
#include "alidade/results/cost.hpp"

namespace alidade {

/// What each node is in attention that is written as products and a softmax, in any spelling, and which nodes
/// prepare the operands of attention, written out or one operator: element-wise work, norms, and what puts
/// rows beside each other, back to where heads are made. Views are none.
[[nodiscard]] PerNode<AttentionPart> attention_parts(const Graph& graph, const CostProfile& cost);

}  // namespace alidade
