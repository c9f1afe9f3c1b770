// A CPU over kernels: work, traffic and launch of each, one after the other.
#include <cmath>

#include "alidade/base/text.hpp"
#include "device.hpp"

namespace alidade::cpu {
namespace {

constexpr double kOutside = 2;  // how much wider the band of a kernel is that is like none that was scored

}  // namespace

Result<KernelTime> Device::time(const KernelGraph& graph, const Kernel& kernel) const {
  const auto facts = facts_of(graph, kernel);
  const auto [work, traffic, launches] = cost_of(facts);
  KernelTime out;
  out.in_turn = true, out.tier = tier_, out.outside = !is_scored(facts);
  out.compute = Seconds(work.products / flops_per_second(rate_of(facts)) +
                        work.vectors / flops_per_second(Arithmetic::f32));
  out.memory = Seconds(traffic / bytes_per_second());
  out.launch = Seconds(launches * launch_ * 1e-6);
  const double wider = out.outside ? kOutside : 1, as_models = facts.eager ? 1 : 2;  // no kernels were scored
  out.low = std::pow(low_, as_models) / wider, out.high = std::pow(high_, as_models) * wider;
  return out;
}

std::vector<Line> Device::explain(const KernelGraph& graph, const Kernel& kernel) const {
  const auto facts = facts_of(graph, kernel);
  const auto [work, traffic, launches] = cost_of(facts);
  const auto at = [&](double flops, Arithmetic a) {
    return text::number(flops / 1e6) + " MFLOP / (" + text::number(peak_per_second(peaks_, a) / 1e12) +
           " TFLOP/s in " + std::string(name(a)) + " x " + text::number(equal_parts_ * compute_share_) + ")";
  };
  return {{"work", at(work.products, rate_of(facts)) + " + " + at(work.vectors, Arithmetic::f32)},
          {"traffic", text::number(traffic / 1e6) + " MB / (" + text::number(dram_) + " GB/s x " +
                          text::number(memory_share_) + ")"},
          {"fork and join", text::number(launches) + " x " + text::number(launch_) + " us"}};
}

}  // namespace alidade::cpu

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::cpu::Device>(
      "cpu.kernels", "One CPU: every kernel takes its work, its traffic and its launch, one after the other");
}
