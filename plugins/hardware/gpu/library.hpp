#pragma once
#include <array>
#include <span>

#include "product.hpp"

namespace alidade::gpu {

struct Tile {
  double rows, columns;
};
inline constexpr std::array<double, 1> kNoSplits{1};
inline constexpr double kStepDepth = 64;  // of k that a tile takes at a time

/// How a library multiplies. Cycles are of a core.
struct Library {
  std::span<const Tile> tiles;
  std::span<const double> splits;
  double share = 1;            ///< of what full tiles of the vendor's products sustain
  double feed = 1.027;         ///< cycles that bringing operands takes, beside those of multiplying
  double whole_waves = 0.19;   ///< how much of a last wave's gap is waited for
  double fill_cycles = 1020;   ///< until the pipelines run; those of later tiles fill meanwhile
  double refill_cycles = 0;    ///< of each tile, where they do not
  double step_cycles = 196;    ///< the least for a step, however small the tile
  double l2_share = 0.721;     ///< of the operands of tiles; the rest is shared between neighbours
  double one_core = 1.61;      ///< of its part of the cache's bandwidth, what one core can draw
  double in_flight = 1e9;      ///< of the memory's bandwidth, likewise
  double epilogue = 0.489;     ///< of the cache's bandwidth, what writing results reaches
  double split_cycles = 4720;  ///< of the kernel that sums the parts of k
  double activations = 0.54;   ///< of the cache, what results of earlier kernels find there
  double written = 0.655;      ///< of what is written, what goes to memory before the kernel ends
  double scattered = 1;        ///< how often memory takes results that do not leave by groups of warps
  double overlap = 4;          ///< exponent that joins what goes on at the same time
  double start_s = 0;          ///< of what else a call of PyTorch starts
};
/// With those of these tiles and the library's splits that take least.
[[nodiscard]] ProductTime time_of(const Figures& gpu, const Product& product, const Library& library,
                                  std::span<const Tile> tiles);

}  // namespace alidade::gpu
