// What a GPU's figures say of it as a machine.
#include "device.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace alidade::gpu {
namespace {

/// What a unit for these numbers can multiply besides: the next wider kind.
constexpr std::array kWider{
    std::pair{Arithmetic::i4, Arithmetic::i8},    std::pair{Arithmetic::f4, Arithmetic::f8},
    std::pair{Arithmetic::f8, Arithmetic::bf16},  std::pair{Arithmetic::i8, Arithmetic::f32},
    std::pair{Arithmetic::bf16, Arithmetic::f32}, std::pair{Arithmetic::f16, Arithmetic::f32},
    std::pair{Arithmetic::tf32, Arithmetic::f32}};

Bytes bytes(double count) { return Bytes(static_cast<std::uint64_t>(std::llround(count))); }

}  // namespace

double Device::peak(Arithmetic arithmetic) const {
  for (;;) {
    if (const auto found = peaks_.find(name(arithmetic)); found != peaks_.end()) return found->second * 1e12;
    const auto wider = std::ranges::find(kWider, arithmetic, &std::pair<Arithmetic, Arithmetic>::first);
    if (wider == kWider.end()) return 0;
    arithmetic = wider->second;
  }
}

Machine Device::machine() const {
  constexpr double kGib = 1024.0 * 1024 * 1024, kMib = 1024.0 * 1024;
  Machine out;
  if (memory_) out.capacity = bytes(*memory_ * kGib);
  out.context = bytes(context_ * kMib);
  out.idle_watts = idle_, out.cap_watts = cap_;
  out.dram_gbps = dram_;
  out.matrix_tflops = peak(Arithmetic::bf16) / 1e12;
  const auto has = [&](Arithmetic a) { return peaks_.contains(name(a)); };
  out.precisions = {Precision::f32, Precision::w8, Precision::w4};
  if (has(Arithmetic::tf32)) out.precisions.push_back(Precision::tf32);
  if (has(Arithmetic::bf16))
    out.precisions.insert(out.precisions.end(), {Precision::amp_bf16, Precision::bf16});
  if (has(Arithmetic::f16)) out.precisions.insert(out.precisions.end(), {Precision::amp_f16, Precision::f16});
  if (has(Arithmetic::f8)) out.precisions.push_back(Precision::f8);
  if (has(Arithmetic::i8)) out.precisions.push_back(Precision::i8);
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
