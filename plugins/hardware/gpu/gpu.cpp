// A GPU as a roofline over kernels: a kernel takes its compute time or its memory time, whichever is longer,
// and a launch.
#include "alidade/base/text.hpp"
#include "device.hpp"

namespace alidade::gpu {
namespace {

class Kernels final : public Device {
 public:
  static void options(OptionSpec<Kernels>& o) { declare(o); }

  [[nodiscard]] Result<KernelTime> time(const KernelGraph&, const Kernel& kernel) const override {
    if (peak(kernel.arithmetic) == 0 || peak(Arithmetic::f32) == 0)
      return fail(Fault::config, "'peak_tflops' has no rate that f32 could run at", {}, "add f32 to it");
    KernelTime out;
    out.compute = Seconds(products(kernel) + others(kernel));
    out.memory = Seconds(static_cast<double>(kernel.traffic().value) / (dram_ * 1e9 * memory_share_));
    out.launch = Seconds(launch_ * 1e-6);
    return out;
  }
  [[nodiscard]] std::vector<Line> explain(const KernelGraph&, const Kernel& kernel) const override {
    const auto flops = [](Flops f) { return text::grouped(f.value); };
    return {{"compute", flops(kernel.matrix) + " FLOPs / (" + tflops(kernel.arithmetic) + " x " +
                            text::number(compute_share_) + ") + " + flops(kernel.vector) + " FLOPs / " +
                            tflops(Arithmetic::f32)},
            {"memory", text::grouped(kernel.traffic().value) + " B / (" + text::number(dram_) + " GB/s x " +
                           text::number(memory_share_) + ")"},
            {"launch", text::number(launch_) + " us"}};
  }

 private:
  [[nodiscard]] double products(const Kernel& kernel) const {
    return static_cast<double>(kernel.matrix.value) / (peak(kernel.arithmetic) * compute_share_);
  }
  /// Beside the products: at the rate of 32 bits, on other units.
  [[nodiscard]] double others(const Kernel& kernel) const {
    return static_cast<double>(kernel.vector.value) / peak(Arithmetic::f32);
  }
  [[nodiscard]] std::string tflops(Arithmetic arithmetic) const {
    return text::number(peak(arithmetic) / 1e12) + " TFLOP/s in " + std::string(name(arithmetic));
  }
};

}  // namespace
}  // namespace alidade::gpu

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::gpu::Kernels>(
      "gpu.kernels", "One GPU: every kernel takes the longer of its compute and memory time, and a launch");
}
