// A device: a kernel takes its compute time or its memory time, whichever is longer.
#include <alidade/sdk/plugin.hpp>

using namespace alidade;

class Device final : public HardwareModel {
 public:
  static void options(OptionSpec<Device>& o) {
    o.field("peak_tflops", &Device::peak_, "dense peak at 32 bits").above(0).unit("TFLOP/s");
    o.field("dram_gbps", &Device::dram_, "sustained memory bandwidth").above(0).unit("GB/s");
  }

  Result<KernelTime> time(const KernelGraph&, const Kernel& kernel) const override {
    KernelTime out;
    out.compute = Seconds(static_cast<double>(kernel.matrix.value + kernel.vector.value) / (peak_ * 1e12));
    out.memory = Seconds(static_cast<double>(kernel.traffic().value) / (dram_ * 1e9));
    return out;
  }

  Verdict supports(const Graph& graph, NodeId node) const override {
    if (class_of(graph.op(node)) == OpClass::selection)
      return {Verdict::How::unsupported, 1, "sorting runs on the host's processor"};
    return {};
  }

 private:
  double peak_ = 10, dram_ = 100;
};

ALIDADE_PLUGIN("@name@", "1.0") { plugin.add<Device>("@name@", "compute or memory, whichever takes longer"); }
