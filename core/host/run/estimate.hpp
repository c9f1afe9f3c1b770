#pragma once
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/estimate.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// One model under every target. Targets of one lowering share its kernels.
class Estimator {
 public:
  Estimator(const Graph& graph, const CostProfile& cost) : graph_(graph), cost_(cost) {}
  /// What one target says about the model.
  [[nodiscard]] Result<Estimate> estimate(const HardwareStep& step);

 private:
  [[nodiscard]] Result<LoweredModel> lowered(const Lowering& lowering);

  const Graph& graph_;
  const CostProfile& cost_;
  std::vector<LoweredModel> lowered_;
};

}  // namespace alidade::host
