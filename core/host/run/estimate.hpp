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
  /// The same with every operator as a kernel of its own, also of those that the target's rules refuse.
  [[nodiscard]] Result<Estimate> estimate_alone(const HardwareStep& step);
  /// The target's model, which runs what the target's rules say.
  [[nodiscard]] static Result<std::unique_ptr<HardwareModel>> model_of(const HardwareStep& step);
  [[nodiscard]] static Result<Machine> machine_of(const HardwareStep& step);

 private:
  [[nodiscard]] Result<Estimate> estimate(const HardwareStep& step, const HardwareModel& model,
                                          std::optional<Backend> backend);
  [[nodiscard]] Result<LoweredModel> lowered(const Lowering& lowering);

  const Graph& graph_;
  const CostProfile& cost_;
  std::vector<LoweredModel> lowered_;
};

}  // namespace alidade::host
