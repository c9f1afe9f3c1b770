// A GPU as a roofline: an operator takes its compute time or its memory time, whichever is longer, and a
// launch.

#include <algorithm>

#include "alidade/sdk/plugin.hpp"

namespace {

using namespace alidade;

class Roofline final : public HardwareModel {
 public:
  static void options(OptionSpec<Roofline>& o) {
    o.field("peak_f32_tflops", &Roofline::f32_, "dense peak in 32-bit floating point")
        .above(0)
        .unit("TFLOP/s");
    o.field("peak_f16_tflops", &Roofline::f16_, "dense peak in 16-bit floating point")
        .above(0)
        .unit("TFLOP/s");
    o.field("peak_i8_tops", &Roofline::i8_, "dense peak in 8-bit integers or floats").above(0).unit("TOP/s");
    o.field("dram_gbps", &Roofline::dram_, "memory bandwidth").above(0).unit("GB/s");
    o.field("compute_share", &Roofline::compute_share_, "share of the peak that large kernels reach")
        .above(0)
        .at_most(1);
    o.field("memory_share", &Roofline::memory_share_, "share of the bandwidth that a stream reaches")
        .above(0)
        .at_most(1);
    o.field("launch_us", &Roofline::launch_, "time to start one kernel").at_least(0).unit("us");
  }

  Result<Cost> cost(const Work& work) const override {
    if (work.traffic().value == 0) return Cost{};  // a view: nothing is launched
    const double compute = static_cast<double>(work.flops.value) / (peak(work.dtype) * 1e12 * compute_share_);
    const double memory = static_cast<double>(work.traffic().value) / (dram_ * 1e9 * memory_share_);
    const double launch = launch_ * 1e-6, kernel = std::max(compute, memory);
    const Bound bound = launch > kernel ? Bound::overhead : compute > memory ? Bound::compute : Bound::memory;
    return Cost{Seconds(kernel + launch), Joules(), bound};
  }

 private:
  double peak(Dtype dtype) const {
    if (bits(dtype) <= 8 && bits(dtype) > 0) return i8_;
    return dtype == Dtype::f16 || dtype == Dtype::bf16 ? f16_ : f32_;
  }

  double f32_ = 19.5, f16_ = 312, i8_ = 624, dram_ = 2039;
  double compute_share_ = 0.87, memory_share_ = 0.92, launch_ = 2.62;
};

}  // namespace

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<Roofline>(
      "gpu.roofline",
      "One GPU: the longer of compute and memory time, plus a launch; defaults of an A100 SXM 80 GB");
}
