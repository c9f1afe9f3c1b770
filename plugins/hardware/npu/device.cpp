// What an accelerator's figures say of it as a machine.
#include "device.hpp"

#include <algorithm>
#include <cmath>

namespace alidade::npu {

Core Device::core() const {
  Core out;
  out.array_rows = rows_.value_or(0), out.array_columns = columns_.value_or(0);
  out.tile_least_rows = least_rows_.value_or(0), out.tile_load_rows = load_rows_.value_or(0);
  out.array_share = compute_share_;
  out.vector_elements_per_s = vector_.value_or(0) * 1e9;
  out.on_chip_bytes_per_s = on_chip_rate_.value_or(0) * 1e9;
  out.on_chip_bytes = on_chip_.value_or(0) * 0x1p20;
  out.memory_bytes_per_s = dram_ * 1e9 * memory_share_;
  out.resident_bytes = resident_.value_or(0) * 1e6, out.evicts_all = evicts_all_;
  out.issue_s = issue_ * 1e-6, out.row_s = row_ * 1e-6, out.overlap = overlap_;
  return out;
}

double Device::flops_per_second(Arithmetic arithmetic) const {
  if (const double peak = peak_per_second(peaks_, arithmetic); peak > 0) return peak;
  int widest = 0;
  double peak = highest_peak(peaks_);
  for (const auto own : kArithmetics)
    if (peaks_.contains(name(own)) && bits(own) > widest)
      widest = bits(own), peak = peak_per_second(peaks_, own);
  const double parts = std::max(1.0, std::ceil(static_cast<double>(bits(arithmetic)) / std::max(1, widest)));
  return peak / (parts * parts);
}

double Device::doubt() const {
  double out = dram_upper_ ? std::max(1.0, *dram_upper_ / dram_) : 1;
  for (const auto& [numbers, most] : peaks_upper_)
    if (const auto stated = peaks_.find(numbers); stated != peaks_.end())
      out = std::max(out, most / stated->second);
  return out;
}

Machine Device::machine() const {
  Machine out;
  if (memory_) out.capacity = Bytes(static_cast<std::uint64_t>(std::llround(*memory_ * 0x1p30)));
  out.idle_watts = idle_, out.cap_watts = cap_;
  out.per_inference = Seconds(fixed_ * 1e-6);
  out.dram_gbps = dram_, out.matrix_tflops = highest_peak(peaks_) / 1e12;
  out.precisions = precisions_of(peaks_);
  out.band = {low_ / doubt(), high_, scored_on_.empty() ? 0 : 0.8, scored_on_};
  return out;
}

/// bf16 where it has that, else the widest numbers that it has.
Lowering Device::lowering() const {
  Lowering out{.backend = Backend::npu, .precision = {}, .layout = Layout::as_given};
  for (const auto each :
       {Precision::i8, Precision::f8, Precision::tf32, Precision::f32, Precision::f16, Precision::bf16})
    if (peaks_.contains(name(each))) out.precision = each;
  return out;
}

Verdict Device::supports(const Graph& graph, NodeId node) const {
  const auto refused = [](std::string why) { return Verdict{Verdict::How::unsupported, 1, std::move(why)}; };
  const auto cls = class_of(graph.op(node));
  if (cls == OpClass::spectral || cls == OpClass::factorisation)
    return refused("no engine of an accelerator does it");
  const auto outputs = graph.outputs(node);
  const bool wide = !outputs.empty() && graph.type(outputs[0]).dtype == Dtype::f64;
  if (wide && !peaks_.contains("f64")) return refused("its figures have no rate for 64-bit floats");
  return {};
}

}  // namespace alidade::npu
