#pragma once
#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Adds the work of every node of the outermost region to its module, without the parents; an error names the
/// node at which a sum of the whole model stops fitting, so that no sum of a module can.
[[nodiscard]] Result<void> add_work(const Graph& graph, CostProfile& profile);
/// Sums the whole model under every convention; the total under the profile's own is there already.
[[nodiscard]] Result<void> add_conventions(const Graph& graph, const Counter& counter, CostProfile& profile);
/// Adds every module to its parent, then what nested regions do to all modules that have a part in it, and
/// takes the root's sum as the total.
void add_to_parents(const Graph& graph, CostProfile& profile);

}  // namespace alidade::cost
