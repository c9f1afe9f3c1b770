#pragma once
#include <optional>
#include <string>

#include "alidade/sdk/plugin.hpp"
#include "formulas.hpp"

namespace alidade::npu {

/// An accelerator by its figures, as a device file states them: of one core, that a model runs on.
class Device final : public HardwareModel {
 public:
  static void options(OptionSpec<Device>& o);
  [[nodiscard]] Machine machine() const override;
  [[nodiscard]] Lowering lowering() const override;
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override;
  [[nodiscard]] Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const override;
  [[nodiscard]] std::vector<Line> explain(const KernelGraph& graph, const Kernel& kernel) const override;

 private:
  static void engine_options(OptionSpec<Device>& o);
  static void score_options(OptionSpec<Device>& o);
  [[nodiscard]] Core core() const;
  /// FLOP/s of the whole array. Numbers wider than its own are as many products as their parts have pairs.
  [[nodiscard]] double flops_per_second(Arithmetic arithmetic) const;
  /// How much faster than stated it may be, where the documents disagree.
  [[nodiscard]] double doubt() const;
  struct Parts;  // of the time of one kernel
  [[nodiscard]] Parts parts_of(const KernelGraph& graph, const Facts& facts) const;

  NumberTable peaks_{{"bf16", 91.75}}, peaks_upper_;
  double dram_ = 410, memory_share_ = 0.795, compute_share_ = 0.7;
  std::optional<double> dram_upper_, rows_, columns_, least_rows_, load_rows_, vector_, on_chip_rate_;
  std::optional<double> on_chip_, resident_, link_, memory_, idle_, cap_;
  double fixed_ = 0, issue_ = 0, row_ = 0, overlap_ = 0, low_ = 0.5, high_ = 2;
  bool evicts_all_ = false, scored_kernels_ = false;
  Tier tier_ = Tier::datasheet;
  std::string scored_on_;
};

}  // namespace alidade::npu
