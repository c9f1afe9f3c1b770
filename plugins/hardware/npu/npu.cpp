// An accelerator over kernels: the array, then its vector engines, while weights stream in.
#include "alidade/base/text.hpp"
#include "device.hpp"

namespace alidade::npu {
namespace {

constexpr double kOutside = 2;  // how much wider the band of a kernel is that is like none that was scored

bool is_scored(const Facts& facts) {
  return facts.loose_flops == 0 && (facts.macs == 0 || bits(facts.arithmetic) <= 16);
}

}  // namespace

/// In seconds.
struct Device::Parts {
  double array = 0, vectors = 0, memory = 0, launch = 0, arrival = 0;
  [[nodiscard]] double compute() const { return array + vectors; }
};

Device::Parts Device::parts_of(const KernelGraph& graph, const Facts& facts) const {
  const Core own = core();
  Parts out;
  out.array = array_seconds(own, facts, flops_per_second(facts.arithmetic));
  out.vectors = vector_seconds(own, facts);
  out.memory = memory_seconds(own, facts, static_cast<double>(graph.weights().value));
  out.launch = own.issue_s + (facts.row_wise ? own.row_s : 0);
  if (facts.row_wise && facts.before_last) out.launch *= 2;  // the last product is a program of its own
  if (link_) out.arrival = facts.arriving_bytes / (*link_ * 1e9);
  return out;
}

Result<KernelTime> Device::time(const KernelGraph& graph, const Kernel& kernel) const {
  const auto facts = facts_of(graph, kernel);
  const auto parts = parts_of(graph, facts);
  KernelTime out;
  out.in_turn = overlap_ == 1, out.tier = tier_, out.outside = !is_scored(facts);
  const double factor = out.in_turn ? 1 : overlap_factor(core(), parts.compute(), parts.memory);
  out.compute = Seconds(parts.compute() * factor), out.memory = Seconds(parts.memory * factor);
  out.launch = Seconds(parts.launch + parts.arrival);
  const double wider = out.outside ? kOutside : 1;
  out.low = (scored_kernels_ ? low_ : low_ * low_) / doubt() / wider;
  out.high = (scored_kernels_ ? high_ : high_ * high_) * wider;
  return out;
}

std::vector<Line> Device::explain(const KernelGraph& graph, const Kernel& kernel) const {
  const auto facts = facts_of(graph, kernel);
  const auto parts = parts_of(graph, facts);
  const auto amount = [](double value) { return text::number(value / 1e6); };
  return {{"array", text::seconds(parts.array) + " for " + amount(facts.macs) + " MMAC at " +
                        text::number(flops_per_second(facts.arithmetic) / 1e12) + " TFLOP/s x " +
                        text::number(compute_share_)},
          {"vectors",
           text::seconds(parts.vectors) + " for " + amount(facts.vector_elements) + " million elements"},
          {"weights", text::seconds(parts.memory) + " for " + amount(facts.weight_bytes) + " MB at " +
                          text::number(dram_) + " GB/s x " + text::number(memory_share_)},
          {"arrival", text::seconds(parts.arrival) + " for " + amount(facts.arriving_bytes) + " MB"}};
}

}  // namespace alidade::npu

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::npu::Device>(
      "npu.kernels",
      "One core of an accelerator: an array fed by tiles, vector engines, weights that stream");
}
