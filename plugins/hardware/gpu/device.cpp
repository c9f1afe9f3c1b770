// What a GPU's figures say of it as a machine.
#include "device.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/failure.hpp"
#include "alidade/base/text.hpp"

namespace alidade::gpu {
namespace {

constexpr double kL2BytesPerClock = 20;  // of a core, where nobody measured it
constexpr double kMib = 0x1p20, kGib = 0x1p30;

Bytes bytes(double count) { return Bytes(static_cast<std::uint64_t>(std::llround(count))); }

}  // namespace

Figures Device::figures() const {
  Figures out;
  out.cores = cores_, out.clock_hz = clock_ * 1e6;
  out.vector_flops_per_s = peak(Arithmetic::f32);
  out.dram_bytes_per_s = dram_ * 1e9 * memory_share_;
  out.l2_bytes_per_s = l2_rate_ ? *l2_rate_ * 1e9 : kL2BytesPerClock * out.cores * out.clock_hz;
  out.l2_bytes = l2_ * 1e6 / l2_parts_;
  out.launch_s = launch_ * 1e-6, out.warp_groups = warp_groups_, out.miopen = miopen_;
  return out;
}

std::optional<Joules> Device::energy(const Kernel& kernel, double busy_s, double seconds) const {
  if (!active_ || !flop_energy_ || !byte_energy_) {
    if (!idle_ || !cap_) return std::nullopt;
    return Joules((*cap_ - *idle_) * std::min(busy_s, seconds));
  }
  const double work = static_cast<double>(kernel.matrix.value + kernel.vector.value) * *flop_energy_;
  const double moved = static_cast<double>(kernel.traffic().value) * *byte_energy_;
  const double wanted = *active_ * seconds + (work + moved) * 1e-12;
  return Joules(cap_ ? std::min(wanted, (*cap_ - idle_.value_or(0)) * seconds) : wanted);
}

Machine Device::machine() const {
  Machine out;
  if (memory_) out.capacity = bytes(*memory_ * kGib);
  if (memory_ && l2_ * 1e6 > *memory_ * kGib)
    throw Failure({Fault::config,
                   "'l2_mb' says " + text::number(l2_) + " MB of cache, and 'memory_gib' " +
                       text::number(*memory_) + " GiB of memory: a cache holds less than its memory",
                   {},
                   "correct one of the two in the device file"});
  out.context = bytes(context_ * kMib);
  out.idle_watts = idle_, out.cap_watts = cap_;
  out.per_call = Seconds(call_ * 1e-6);
  out.dram_gbps = dram_, out.matrix_tflops = peak(Arithmetic::bf16) / 1e12;
  out.precisions = precisions_of(peaks_);
  if (low_ < high_) out.band = {low_, high_, 0.8, scored_on_};
  return out;
}

Verdict Device::supports(const Graph& graph, NodeId node) const {
  const auto outputs = graph.outputs(node);
  const bool wide = !outputs.empty() && graph.type(outputs[0]).dtype == Dtype::f64;
  if (!wide || peak(Arithmetic::f64) > 0) return {};
  return {Verdict::How::unsupported, 1, "its figures have no rate for 64-bit floats"};
}

Lowering Device::lowering() const {
  return {.backend = Backend::inductor, .precision = Precision::as_captured, .layout = Layout::as_given};
}

}  // namespace alidade::gpu
