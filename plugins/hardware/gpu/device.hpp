#pragma once
#include <optional>
#include <string>

#include "alidade/sdk/plugin.hpp"
#include "figures.hpp"

namespace alidade::gpu {

/// A GPU by its figures, as a device file states them.
class Device final : public HardwareModel {
 public:
  static void options(OptionSpec<Device>& o);
  [[nodiscard]] Machine machine() const override;
  [[nodiscard]] Lowering lowering() const override;
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override;
  [[nodiscard]] Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const override;
  [[nodiscard]] std::vector<Line> explain(const KernelGraph& graph, const Kernel& kernel) const override;

 private:
  static void power_options(OptionSpec<Device>& o);
  static void calibration(OptionSpec<Device>& o);
  [[nodiscard]] Figures figures() const;
  /// Dense FLOP/s of the datasheet; of numbers that have no unit of their own those of the next wider that
  /// has.
  [[nodiscard]] double peak(Arithmetic arithmetic) const { return peak_per_second(peaks_, arithmetic); }

  /// Beyond idling; nothing where its figures do not say. `busy_s`: of its memory and of what computes, added
  /// up.
  [[nodiscard]] std::optional<Joules> energy(const Kernel& kernel, double busy_s, double seconds) const;
  [[nodiscard]] double sustained(const Kernel& kernel) const {
    return peak(kernel.arithmetic) * compute_share_;
  }

  NumberTable peaks_{{"f32", 19.5}, {"tf32", 156}, {"bf16", 312}, {"f16", 312}, {"i8", 624}};
  double dram_ = 2039, cores_ = 108, clock_ = 1410, l2_ = 40, l2_parts_ = 1;
  std::optional<double> l2_rate_, memory_, idle_, cap_;
  double context_ = 500, compute_share_ = 0.83, memory_share_ = 0.8, launch_ = 2.07, call_ = 0;
  double low_ = 1, high_ = 1, spread_ = 1;
  bool warp_groups_ = false, miopen_ = false;
  std::optional<double> active_, flop_energy_, byte_energy_;
  Tier tier_ = Tier::datasheet;
  std::string scored_on_;
};

}  // namespace alidade::gpu
