#pragma once

namespace alidade::gpu {

/// What the formulas know of a GPU. Rates are what it sustains, not what its datasheet promises.
struct Figures {
  double cores = 0, clock_hz = 0;
  double vector_flops_per_s = 0;
  double dram_bytes_per_s = 0;
  double l2_bytes_per_s = 0, l2_bytes = 0;  ///< that hold different data
  double launch_s = 0;
  bool warp_groups = false;  ///< its cores multiply in groups of warps, from shared memory
  bool miopen = false;       ///< whose library does its convolutions

  [[nodiscard]] double seconds_of(double cycles) const { return cycles / clock_hz; }
};

}  // namespace alidade::gpu
