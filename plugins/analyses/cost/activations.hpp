#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade::cost {

/// The highest sum of live activations when nodes run in file order: a tensor lives from its making to its
/// last use, views share their source's storage, inputs live from the start and outputs to the end. Unknown
/// sizes are 0.
[[nodiscard]] Result<Bytes> peak_activation(const Graph& graph);

}  // namespace alidade::cost
