#pragma once
#include <array>

#include "facts.hpp"

namespace alidade::cpu {

/// One number for each Kind, in its order.
using PerKind = std::array<double, 8>;
[[nodiscard]] inline double of(const PerKind& table, Kind kind) {
  return table.at(static_cast<std::size_t>(kind));
}

/// Work in FLOPs of the peak: how long it takes is this by the peak that a large matrix product reaches.
struct WorkFlops {
  double products = 0;  ///< at the rate of the numbers that are multiplied
  double vectors = 0;   ///< at the rate of 32-bit floats
};
[[nodiscard]] WorkFlops work_flops(const Facts& facts);

/// What the DRAM moves in all: libraries read and reorder weights and tensors more than once.
[[nodiscard]] double traffic_bytes(const Facts& facts, double cache_bytes);

/// Fork, join and dispatch, in units of those of one convolution.
[[nodiscard]] double launches(const Facts& facts);
inline constexpr double kLaunchesOfAModel = 5.4;  ///< besides those of its kernels, in the same unit

}  // namespace alidade::cpu
