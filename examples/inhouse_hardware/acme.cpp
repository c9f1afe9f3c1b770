// An accelerator of one's own: a kernel takes its compute time or its memory time, whichever is longer.
#include <algorithm>
#include <cmath>

#include <alidade/sdk/plugin.hpp>

using namespace alidade;

/// The Acme NPU: an array of 128 x 128 multipliers, which a product fills in tiles.
class Npu final : public HardwareModel {
 public:
  static void options(OptionSpec<Npu>& o) {
    o.field("peak_tops", &Npu::peak_, "dense peak at 8 bits; half of it at 16, a quarter at 32")
        .above(0)
        .unit("TOP/s");
    o.field("dram_gbps", &Npu::dram_, "sustained memory bandwidth").above(0).unit("GB/s");
  }

  Result<KernelTime> time(const KernelGraph&, const Kernel& kernel) const override {
    const double rate = peak_ * 1e12 * 8 / std::max(8, bits(kernel.arithmetic));
    const double work = static_cast<double>(kernel.matrix.value + kernel.vector.value);
    KernelTime out;
    out.compute = Seconds(work / (rate * filled(kernel)));
    out.memory = Seconds(static_cast<double>(kernel.traffic().value) / (dram_ * 1e9));
    return out;
  }

  Verdict supports(const Graph& graph, NodeId node) const override {
    if (class_of(graph.op(node)) == OpClass::selection)
      return {Verdict::How::unsupported, 1, "sorting runs on the host's processor"};
    return {};
  }

 private:
  /// The part of the array that a product uses: 100 columns fill 100 of 128.
  static double filled(const Kernel& kernel) {
    const auto* gemm = std::get_if<GemmProblem>(&kernel.problem);
    const auto part = [](double n) { return n / (std::ceil(n / 128) * 128); };
    return gemm ? part(static_cast<double>(gemm->n)) * part(static_cast<double>(gemm->k)) : 1;
  }

  double peak_ = 40, dram_ = 100;
};

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<Npu>("acme.npu", "The Acme NPU as a compute and bandwidth roofline");
}
