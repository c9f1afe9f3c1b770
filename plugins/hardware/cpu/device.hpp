#pragma once
#include <optional>
#include <string>

#include "alidade/sdk/plugin.hpp"
#include "formulas.hpp"

namespace alidade::cpu {

/// A CPU by its figures, as a device file states them: every kernel takes its work, its traffic and its
/// launch.
class Device final : public HardwareModel {
 public:
  static void options(OptionSpec<Device>& o);
  [[nodiscard]] Machine machine() const override;
  [[nodiscard]] Lowering lowering() const override;
  [[nodiscard]] Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const override;
  [[nodiscard]] std::vector<Line> explain(const KernelGraph& graph, const Kernel& kernel) const override;

 private:
  [[nodiscard]] double flops_per_second(Arithmetic arithmetic) const {
    return peak_per_second(peaks_, arithmetic) * equal_parts_ * compute_share_;
  }
  [[nodiscard]] double bytes_per_second() const { return dram_ * 1e9 * memory_share_; }
  [[nodiscard]] double cache_bytes() const { return cache_ * 1e6; }
  /// Numbers that have a rate, or those of the next wider.
  [[nodiscard]] Arithmetic rate_of(const Facts& facts) const {
    return peak_per_second(peaks_, facts.arithmetic) > 0 ? facts.arithmetic : Arithmetic::f32;
  }

  struct Cost {
    WorkFlops work;
    double traffic = 0, launches = 0;
  };
  /// Of compiled kernels, or of PyTorch's operators one by one.
  [[nodiscard]] Cost cost_of(const Facts& facts) const;

  NumberTable peaks_{{"f32", 2.8}};
  double dram_ = 93.9, cache_ = 19.25;
  double equal_parts_ = 1, flops_a_cycle_ = 32, compute_share_ = 0.884, memory_share_ = 0.832, launch_ = 45.7;
  double low_ = 0.6, high_ = 1.7;
  std::optional<double> memory_, idle_, cap_;
  Tier tier_ = Tier::datasheet;
  std::string scored_on_;
};

}  // namespace alidade::cpu
