// An accelerator of one's own: every operator takes its compute time or its memory time, whichever is longer.
#include <algorithm>

#include <alidade/sdk/plugin.hpp>

using namespace alidade;

/// The Acme NPU as a roofline. Operators that it cannot run are left to its host's processor.
class Npu final : public HardwareModel {
 public:
  static void options(OptionSpec<Npu>& o) {
    o.field("peak_tops", &Npu::peak_, "dense peak at 8 bits; half of it at 16, a quarter at 32")
        .above(0)
        .unit("TOP/s");
    o.field("dram_gbps", &Npu::dram_, "sustained memory bandwidth").above(0).unit("GB/s");
  }

  Result<Cost> cost(const Work& work) const override {
    const double compute =
        static_cast<double>(work.flops.value) / (peak_ * 1e12 * 8 / std::max(8, bits(work.dtype)));
    const double memory = static_cast<double>(work.traffic().value) / (dram_ * 1e9);
    return Cost{Seconds(std::max(compute, memory)), Joules(),
                compute > memory ? Bound::compute : Bound::memory};
  }

  Support supports(const Graph& graph, NodeId node) const override {
    if (class_of(graph.op(node)) == OpClass::selection)
      return {false, "sorting runs on the host's processor"};
    return {};
  }

 private:
  double peak_ = 40, dram_ = 100;
};

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<Npu>("acme.npu", "The Acme NPU as a compute and bandwidth roofline");
}
