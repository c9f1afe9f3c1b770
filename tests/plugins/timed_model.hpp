#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "alidade/sdk/estimate.hpp"

namespace alidade::tests {

/// A device whose kernels take what a test says.
class TimedModel final : public HardwareModel {
 public:
  std::function<KernelTime(const Kernel&)> takes = [](const Kernel&) { return seconds(1); };
  std::function<Verdict(const Graph&, NodeId)> verdict = [](const Graph&, NodeId) { return Verdict{}; };
  Machine is;

  [[nodiscard]] static KernelTime seconds(double compute, double memory = 0, double launch = 0) {
    KernelTime out;
    out.compute = Seconds(compute), out.memory = Seconds(memory), out.launch = Seconds(launch);
    return out;
  }
  [[nodiscard]] Machine machine() const override { return is; }
  [[nodiscard]] Result<KernelTime> time(const KernelGraph&, const Kernel& kernel) const override {
    return takes(kernel);
  }
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override {
    return verdict(graph, node);
  }
};

/// What a graph takes on it, every operator a kernel of its own unless the lowering says otherwise.
inline Result<Estimate> estimated(const HardwareModel& model, const Graph& graph, const CostProfile& cost,
                                  const Lowering& lowering = {}) {
  const auto kernels = lowered(graph, cost, lowering);
  if (!kernels) throw std::runtime_error(kernels.error().what);
  return estimate(model, graph, cost, *kernels, "box", "gpu.kernels");
}

}  // namespace alidade::tests
