#pragma once
#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// An error that names every symbolic dimension of the inputs that still has no value, and how to bind it.
[[nodiscard]] Result<void> demand_bound(const Graph& graph);
/// What was not counted exactly: opaque operators with their share, and operators of unknown shape.
void remark_gaps(const Graph& graph, CostProfile& profile);
/// Operators whose work no output needs: a compiler leaves them out, and so does fvcore.
void remark_unneeded(const Graph& graph, const Counter& counter, CostProfile& profile);

}  // namespace alidade::cost
