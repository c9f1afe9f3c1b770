// Kernels that pass over their data once. The constants are of libraries, the same for all devices;
// docs/hardware_models.md has the formulas and where they come from.
#include "stream.hpp"

#include "cache.hpp"

namespace alidade::gpu {
namespace {

constexpr double kL2Share = 0.6;  // of its bandwidth, what a stream reaches
// Instructions of the vector units for an element; a peak counts two FLOPs for each.
constexpr double kSpecial = 25, kRow = 29, kPicked = 100, kWindow = 30, kRepeated = 20;
constexpr double kScaledRowCycles = 10.54;  // a row's greatest joins that of all, one row after the other
constexpr double kStartCycles = 1000;       // until the first bytes arrive
constexpr double kRowStartCycles = 3000;    // and the threads of a row have joined

}  // namespace

double traffic_seconds(const Figures& gpu, double bytes) {
  const double kept = held(bytes, gpu.l2_bytes);
  return bytes * ((1 - kept) / gpu.dram_bytes_per_s + kept / (kL2Share * gpu.l2_bytes_per_s));
}

StreamTime time_of(const Figures& gpu, const Stream& s) {
  const double instructions = kSpecial * s.special_elements + kRow * s.row_elements +
                              kPicked * s.picked_elements + kRepeated * s.repeated_elements +
                              kWindow * s.window_elements + s.plain_flops / 2;
  StreamTime out{instructions * 2 / gpu.vector_flops_per_s, traffic_seconds(gpu, s.bytes), 0};
  const bool by_row = s.row_elements > 0 || s.scaled_rows > 0;
  const double start = gpu.seconds_of(by_row ? kRowStartCycles : kStartCycles);
  const double scaling = gpu.seconds_of(kScaledRowCycles * s.scaled_rows);
  out.seconds =
      start + scaling + (s.in_turn ? out.compute_s + out.memory_s : together(out.compute_s, out.memory_s));
  out.compute_s += scaling;
  return out;
}

}  // namespace alidade::gpu
