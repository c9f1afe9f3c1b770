// A GPU over kernels: a formula for each kind, after a launch.
#include <algorithm>

#include "alidade/base/text.hpp"
#include "device.hpp"
#include "price.hpp"

namespace alidade::gpu {
Result<KernelTime> Device::time(const KernelGraph& graph, const Kernel& kernel) const {
  if (peak(kernel.arithmetic) == 0)
    return fail(Fault::config, "'peak_tflops' has no rate for " + std::string(name(kernel.arithmetic)), {},
                "add " + std::string(name(kernel.arithmetic)) + " to it");
  const auto gpu = figures();
  const auto facts = facts_of(graph, kernel, sustained(kernel));
  const auto found = price(gpu, facts);
  const auto width = width_of(found, {tier_ == Tier::calibrated, facts.scored, spread_});
  KernelTime out;
  const double longer = std::max(found.compute_s, found.memory_s);
  const double factor = longer > 0 ? found.seconds / longer : 1;  // the two do not overlap altogether
  out.compute = Seconds(found.compute_s * factor), out.memory = Seconds(found.memory_s * factor);
  out.launch = Seconds(gpu.launch_s);
  out.low = width.low, out.high = width.high;
  out.tier = tier_, out.outside = !facts.scored;
  out.energy = energy(kernel, found.compute_s + found.memory_s, out.time().value);
  return out;
}

std::vector<Line> Device::explain(const KernelGraph& graph, const Kernel& kernel) const {
  const auto found = price(figures(), facts_of(graph, kernel, sustained(kernel)));
  std::vector<Line> out{{"formula", std::string(found.formula)}};
  if (found.tiling)
    out.push_back({"tiles", text::number(found.tiling->rows) + " x " + text::number(found.tiling->columns) +
                                ", k in " + text::number(found.tiling->splits)});
  out.push_back({"compute", text::seconds(found.compute_s) + " for " + text::grouped(kernel.matrix.value) +
                                " FLOPs at " + text::number(peak(kernel.arithmetic) / 1e12) + " TFLOP/s in " +
                                std::string(name(kernel.arithmetic)) + " x " + text::number(compute_share_)});
  out.push_back({"memory", text::seconds(found.memory_s) + " for " + text::grouped(kernel.traffic().value) +
                               " B at " + text::number(dram_) + " GB/s x " + text::number(memory_share_)});
  out.push_back({"launch", text::number(launch_) + " us"});
  return out;
}

}  // namespace alidade::gpu

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::gpu::Device>("gpu.kernels",
                                   "One GPU: tiles, waves, caches and launches of every kernel");
}
