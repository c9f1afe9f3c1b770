#pragma once
#include <vector>

#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Adds parameters to the modules that use them first, in order of execution, without their parents; sets
/// buffers and weight bytes. A parameter that several modules use is a remark; one that nobody uses belongs
/// to the root.
[[nodiscard]] Result<void> add_stored(const Graph& graph, CostProfile& profile);

}  // namespace alidade::cost
