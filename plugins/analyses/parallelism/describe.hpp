#pragma once
#include "alidade/results/parallelism.hpp"

namespace alidade::parallelism {

/// One operator's threads and what the older system says can be split; whether it is in attention comes
/// later.
[[nodiscard]] OperatorParallelism describe(const Graph& graph, NodeId node);

}  // namespace alidade::parallelism
