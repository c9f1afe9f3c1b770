#pragma once
#include "figures.hpp"

namespace alidade::gpu {

/// A kernel that multiplies no matrices: element-wise work, rows, moves, picks.
struct Stream {
  double bytes = 0;              ///< read and written, each once
  double special_elements = 0;   ///< exponentials, error functions and the like
  double row_elements = 0;       ///< that norms and softmax read
  double picked_elements = 0;    ///< that come from places that the data name
  double window_elements = 0;    ///< in all windows of a pool
  double repeated_elements = 0;  ///< that meet an operand of fewer elements, whose place has to be worked out
  double scaled_rows = 0;        ///< that find the scale of what a product takes in 8-bit floats
  double plain_flops = 0;        ///< all else
  bool in_turn = false;          ///< its work does not hide behind its traffic
};
/// What a kernel takes after its launch.
struct StreamTime {
  double compute_s = 0, memory_s = 0, seconds = 0;
};
[[nodiscard]] StreamTime time_of(const Figures& gpu, const Stream& stream);
/// Traffic alone, part of which the cache may serve.
[[nodiscard]] double traffic_seconds(const Figures& gpu, double bytes);

}  // namespace alidade::gpu
