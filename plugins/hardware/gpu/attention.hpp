#pragma once
#include "figures.hpp"

namespace alidade::gpu {

/// softmax(query keyT) value for every batch and head in one kernel.
struct Attention {
  double batch = 1, heads = 1, kv_heads = 1, query = 0, key = 0, width = 0;
  bool causal = false;
  double element_bytes = 2, kv_element_bytes = 2;
  double flops_per_s = 0;                   ///< that full tiles sustain
  double apart_flops = 0, apart_bytes = 0;  ///< as products that write and read scores
};
inline constexpr double kWidestOfWarps = 256;  ///< kernels that multiply in single warps know no wider heads
/// What it takes after its launch.
struct AttentionTime {
  double compute_s = 0, memory_s = 0, seconds = 0;
};
[[nodiscard]] AttentionTime time_of(const Figures& gpu, const Attention& attention);

}  // namespace alidade::gpu
