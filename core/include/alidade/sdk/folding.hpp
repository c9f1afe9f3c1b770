#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade {

/// Whether each node works on nothing but what is stored, directly or not, so that a runtime does it once,
/// when it loads the model: transposed weights, masks, the sizes of tensors of known shape. Never random or
/// unknown operators, those whose work is stated, what is written in place, and dequantizations, which
/// runtimes keep at the stored width; nor constants themselves. A node that holds regions is folded when all
/// in them is. Takes linear time.
[[nodiscard]] PerNode<char> folded_at_load(const Graph& graph);

}  // namespace alidade
