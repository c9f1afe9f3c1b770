#pragma once
#include <vector>

#include "alidade/results/cost.hpp"

namespace alidade {

/// An operator of the outermost region as it runs, with all that its regions do.
struct ScheduledOperator {
  NodeId node;
  Seconds start, duration;
  bool at_least = false;  ///< it takes longer than is known
};
/// The operators one after another, in file order, a microsecond for each MFLOP: what to show where there is
/// no target. Of branches those of the costliest.
[[nodiscard]] std::vector<ScheduledOperator> serial_schedule(const Graph& graph, const CostProfile& cost);

}  // namespace alidade
