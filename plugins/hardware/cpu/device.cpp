// What a CPU's figures say of it as a machine.
#include "device.hpp"

#include <cmath>

#include "alidade/base/failure.hpp"
#include "alidade/base/text.hpp"
#include "eager.hpp"

namespace alidade::cpu {

void Device::options(OptionSpec<Device>& o) {
  o.field("peak_tflops", &Device::peaks_, "peaks of all cores by the numbers that are multiplied")
      .choices(names_of_arithmetics())
      .above(0)
      .at_most(1e4)
      .unit("TFLOP/s")
      .needs_one_of({"f32"})
      .required();
  o.field("flops_a_cycle", &Device::flops_a_cycle_,
          "of one core in f32: two for each number that a vector holds and each unit")
      .at_least(2)
      .at_most(1024);
  o.field("equal_parts", &Device::equal_parts_,
          "share of the peak that is left where each core takes as long as the slowest")
      .above(0)
      .at_most(1);
  o.field("dram_gbps", &Device::dram_, "memory bandwidth").above(0).at_most(1e4).unit("GB/s").required();
  o.field("cache_mb", &Device::cache_, "last-level cache").above(0).at_most(1e5).unit("MB").required();
  o.field("memory_gib", &Device::memory_, "what its memory holds").above(0).at_most(1e6).unit("GiB");
  o.field("compute_share", &Device::compute_share_, "share of the peak that a large matrix product reaches")
      .above(0)
      .at_most(1.5);
  o.field("memory_share", &Device::memory_share_, "share of the bandwidth that a stream reaches")
      .above(0)
      .at_most(1);
  o.field("launch_us", &Device::launch_, "fork, join and dispatch of one convolution")
      .at_least(0)
      .at_most(1e4)
      .unit("us");
  o.field("idle_watts", &Device::idle_, "what it draws when nothing runs").above(0).at_most(1e4).unit("W");
  o.field("cap_watts", &Device::cap_, "the most that it may draw").above(0).at_most(1e4).unit("W");
  o.choice("tier", &Device::tier_, {{"calibrated", Tier::calibrated}, {"datasheet", Tier::datasheet}},
           "whether its shares and its launch were measured on it");
  o.field("band_low", &Device::low_, "four of five models take no less than this times what is said")
      .at_least(0.01)
      .at_most(1);
  o.field("band_high", &Device::high_, "and no more than this times").at_least(1).at_most(100);
  o.field("scored_on", &Device::scored_on_, "what the band was measured on; empty: it is a guess");
}

Machine Device::machine() const {
  Machine out;
  if (memory_) out.capacity = Bytes(static_cast<std::uint64_t>(std::llround(*memory_ * 0x1p30)));
  if (memory_ && cache_bytes() > *memory_ * 0x1p30)
    throw Failure({Fault::config,
                   "'cache_mb' says " + text::number(cache_) + " MB of cache, and 'memory_gib' " +
                       text::number(*memory_) + " GiB of memory: a cache holds less than its memory",
                   {},
                   "correct one of the two in the device file"});
  out.idle_watts = idle_, out.cap_watts = cap_;
  out.dram_gbps = dram_, out.matrix_tflops = highest_peak(peaks_) / 1e12;
  out.per_inference = Seconds(kLaunchesOfAModel * launch_ * 1e-6);
  out.band = {low_, high_, scored_on_.empty() ? 0 : 0.8, scored_on_};
  out.precisions = precisions_of(peaks_);
  return out;
}

Device::Cost Device::cost_of(const Facts& f) const {
  if (f.eager)
    return {eager::work_flops(f, flops_a_cycle_), eager::traffic_bytes(f, cache_bytes()), eager::launches(f)};
  return {work_flops(f), traffic_bytes(f, cache_bytes()), launches(f)};
}

Lowering Device::lowering() const {
  return {.backend = Backend::inductor, .precision = {}, .layout = Layout::channels_last};
}

}  // namespace alidade::cpu
