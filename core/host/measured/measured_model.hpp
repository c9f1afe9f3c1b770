#pragma once
#include <memory>

#include "alidade/sdk/hardware.hpp"
#include "kernel_times.hpp"

namespace alidade::host {

/// A model of a device whose kernels take what a table says, as far as it has them; the others what the model
/// says.
class MeasuredModel final : public HardwareModel {
 public:
  MeasuredModel(std::unique_ptr<HardwareModel> model, std::shared_ptr<const KernelTimes> times)
      : model_(std::move(model)), times_(std::move(times)) {}
  /// Its band is that of the kernels: the machine's own is of models that the formulas price alone.
  [[nodiscard]] Machine machine() const override;
  [[nodiscard]] Lowering lowering() const override { return model_->lowering(); }
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override {
    return model_->supports(graph, node);
  }
  [[nodiscard]] Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const override;
  [[nodiscard]] std::vector<Line> explain(const KernelGraph& graph, const Kernel& kernel) const override;

 private:
  std::unique_ptr<HardwareModel> model_;
  std::shared_ptr<const KernelTimes> times_;
};

}  // namespace alidade::host
