#pragma once
#include <array>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade {

/// An operator of the outermost region as it runs, with all that its regions do.
struct ScheduledOperator {
  NodeId node;
  Seconds start, duration;
  bool at_least = false;  ///< it takes longer than is known
};
/// The operators one after another, in file order: on a target, of branches those of the costliest.
[[nodiscard]] std::vector<ScheduledOperator> serial_schedule(const Graph& graph, const CostProfile* cost,
                                                             const HardwareRun& run);
/// The same without a target: a microsecond for each MFLOP.
[[nodiscard]] std::vector<ScheduledOperator> serial_schedule(const Graph& graph, const CostProfile& cost);

/// The parts of a target's time under each bound, in the order of Bound: 0..1; 0 where there is no time.
[[nodiscard]] std::array<double, 3> bound_shares(const HardwareRun& run);

}  // namespace alidade
