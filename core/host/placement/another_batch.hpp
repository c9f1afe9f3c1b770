#pragma once
#include "alidade/results/placement.hpp"

namespace alidade::host {

/// Says of every partition whether it would take another batch as it is: whether each tensor that it reads of
/// others and gives to them has the batch as its first size, and no other size follows from it.
void add_batches(const Graph& graph, Placement& placement);

}  // namespace alidade::host
