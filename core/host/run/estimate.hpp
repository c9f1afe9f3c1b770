#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/estimate.hpp"
#include "host/plan/plan.hpp"
#include "host/support/ruled_model.hpp"

namespace alidade::host {

/// How a target's component makes kernels, and what the target's entry says instead.
[[nodiscard]] Lowering lowering_of(const HardwareStep& step, const HardwareModel& model);

/// A target's component, which prices kernels by the target's table where it has one.
[[nodiscard]] Result<std::unique_ptr<HardwareModel>> device_model(const HardwareStep& step);

/// One model under every target. Targets of one lowering share its kernels, and those of one file what its
/// rules say.
class Estimator {
 public:
  Estimator(const Graph& graph, const CostProfile& cost) : graph_(graph), cost_(cost) {}
  /// What one target says about the model.
  [[nodiscard]] Result<Estimate> estimate(const HardwareStep& step);
  /// The estimates among the results are what estimate() gave for their targets, and outlive this.
  void remember(const ResultSet& results);
  /// The one that is remembered, or one that is made now and kept.
  [[nodiscard]] Result<const Estimate*> estimated(const HardwareStep& step);
  /// The same with every operator as a kernel of its own, also of those that the target's rules refuse.
  [[nodiscard]] Result<Estimate> estimate_alone(const HardwareStep& step);
  /// The target's model, which runs what the target's rules say.
  [[nodiscard]] Result<std::unique_ptr<HardwareModel>> model_of(const HardwareStep& step);
  /// What the target is: no rule and no model changes that.
  [[nodiscard]] static Result<Machine> machine_of(const HardwareStep& step);

 private:
  [[nodiscard]] Result<std::unique_ptr<HardwareModel>> ruled(const HardwareStep& step, Refused refused);
  [[nodiscard]] std::shared_ptr<const HeldRules> held(const HardwareStep& step, Precision precision);
  [[nodiscard]] Result<Estimate> estimate(const HardwareStep& step, const HardwareModel& model,
                                          std::optional<Backend> backend);
  [[nodiscard]] Result<LoweredModel> lowered(const Lowering& lowering);

  const Graph& graph_;
  const CostProfile& cost_;
  std::vector<LoweredModel> lowered_;
  std::vector<std::shared_ptr<const HeldRules>> held_;
  std::vector<const Estimate*> remembered_;
  std::deque<Estimate> made_;
};

}  // namespace alidade::host
