#pragma once
#include <optional>

#include "alidade/sdk/plugin.hpp"

namespace alidade::gpu {

/// A GPU by its figures, as a device file states them.
class Device : public HardwareModel {
 public:
  [[nodiscard]] Machine machine() const override;
  [[nodiscard]] Lowering lowering() const override;
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override;

 protected:
  template <class T>
  static void declare(OptionSpec<T>& o);
  /// FLOP/s: of numbers that have no unit of their own those of the next wider that has; 0: nothing has.
  [[nodiscard]] double peak(Arithmetic arithmetic) const;

  NumberTable peaks_{{"f32", 19.5}, {"bf16", 312}, {"f16", 312}, {"i8", 624}};
  double dram_ = 2039, compute_share_ = 0.8, memory_share_ = 0.85, launch_ = 3;
  std::optional<double> memory_, idle_, cap_;
  double context_ = 500;
};

template <class T>
void Device::declare(OptionSpec<T>& o) {
  const auto own = []<class M>(M Device::* member) -> M T::* { return member; };
  std::vector<std::string> words;
  for (const auto each : kArithmetics) words.emplace_back(name(each));
  o.field("peak_tflops", own(&Device::peaks_), "dense peaks by the numbers that are multiplied")
      .choices(std::move(words))
      .above(0)
      .at_most(1e6)
      .unit("TFLOP/s")
      .required();
  o.field("dram_gbps", own(&Device::dram_), "memory bandwidth").above(0).at_most(1e5).unit("GB/s").required();
  o.field("memory_gib", own(&Device::memory_), "what its memory holds").above(0).at_most(1e5).unit("GiB");
  o.field("compute_share", own(&Device::compute_share_), "share of the peak that large kernels reach")
      .above(0)
      .at_most(1);
  o.field("memory_share", own(&Device::memory_share_), "share of the bandwidth that a stream reaches")
      .above(0)
      .at_most(1);
  o.field("launch_us", own(&Device::launch_), "time to start one kernel").at_least(0).at_most(1e4).unit("us");
  o.field("idle_watts", own(&Device::idle_), "what it draws when nothing runs")
      .above(0)
      .at_most(1e4)
      .unit("W");
  o.field("cap_watts", own(&Device::cap_), "the most that it may draw").above(0).at_most(1e4).unit("W");
  o.field("context_mib", own(&Device::context_), "memory that its runtime takes")
      .at_least(0)
      .at_most(1e5)
      .unit("MiB");
}

}  // namespace alidade::gpu
