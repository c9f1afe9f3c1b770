#pragma once
#include "alidade/results/cost.hpp"
#include "alidade/sdk/placer.hpp"
#include "host/plan/plan.hpp"
#include "host/run/estimate.hpp"

namespace alidade::host {

/// What a placer is given: the operators of the outermost region that run with the model, and what each takes
/// on each target. `open` says that it takes longer than is known.
struct PricedTask {
  PlacementTask task;
  bool open = false;
  std::vector<Band> bands;          ///< by device
  std::vector<double> if_native;    ///< what each step would take on the first device, whatever it refuses
  std::vector<char> at_full_power;  ///< by device: nobody states more of its energy than the most it draws
};

/// Operators whose results a compiler knows before the model runs: made of stored values, or of shapes that
/// are numbers.
[[nodiscard]] PerNode<char> known_before(const Graph& graph, const CostProfile& cost);

/// The operators of a graph, all that run with it, and what they hand on; no device yet.
[[nodiscard]] PlacementTask bare_task(const Graph& graph);

/// An error names the operator that no target runs.
[[nodiscard]] Result<PricedTask> priced_task(const Graph& graph, const CostProfile& cost, const Plan& plan,
                                             const PlacementStep& step, Estimator& estimator);

/// The verdict of a target about an operator, and those inside of it.
[[nodiscard]] Verdict verdict_of(const HardwareModel& model, const Graph& graph, NodeId node);

}  // namespace alidade::host
