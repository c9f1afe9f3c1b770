// Matrix products in tiles, waves of tiles and parts of k. The constants are of libraries, the same for all
// devices; docs/hardware_models.md has the formulas and where they come from.
#include "product.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "cache.hpp"

namespace alidade::gpu {
namespace {

struct Tile {
  double rows, columns;
};
constexpr std::array<Tile, 14> kTiles{{{256, 128},
                                       {128, 256},
                                       {128, 128},
                                       {128, 64},
                                       {64, 128},
                                       {64, 64},
                                       {64, 256},
                                       {256, 64},
                                       {32, 64},
                                       {32, 128},
                                       {64, 32},
                                       {16, 64},
                                       {16, 128},
                                       {16, 32}}};
constexpr std::array<double, 8> kSplits{1, 2, 3, 4, 6, 8, 16, 32};
constexpr double kStepDepth = 64;         // of k that a tile takes at a time
constexpr double kLeastSplitDepth = 256;  // of k; less is filled up

constexpr double kFeed = 1.027;        // cycles that bringing operands takes, beside those of multiplying
constexpr double kWholeWaves = 0.19;   // how much of a last wave's gap is waited for
constexpr double kFillCycles = 1020;   // until the pipelines run; those of later tiles fill meanwhile
constexpr double kStepCycles = 196;    // the least for a step, however small the tile
constexpr double kL2Share = 0.721;     // of the operands of tiles; the rest is shared between neighbours
constexpr double kOneCore = 1.61;      // of its part of the cache's bandwidth, what one core can draw
constexpr double kEpilogue = 0.489;    // of the cache's bandwidth, what writing results reaches
constexpr double kSplitCycles = 4720;  // of the kernel that sums the parts of k
constexpr double kActivations = 0.54;  // of the cache, what results of earlier kernels find there
constexpr double kWritten = 0.655;     // of what is written, what goes to memory before the kernel ends

/// Of a tile's time, the part that multiplies; relative to the largest tile.
double efficiency(const Tile& tile) {
  const auto feed = [](const Tile& t) {
    return kFeed * kStepDepth * (t.rows + t.columns) / (t.rows * t.columns);
  };
  return (1 + feed(kTiles[0])) / (1 + feed(tile));
}

/// One way to cut a product.
class Cut {
 public:
  Cut(const Figures& gpu, const Product& product, const Tile& tile, double splits)
      : gpu_(gpu), p_(product), tile_(tile), splits_(splits) {
    row_tiles_ = std::ceil(p_.m / tile.rows), column_tiles_ = std::ceil(p_.n / tile.columns);
    tiles_ = p_.groups * row_tiles_ * column_tiles_ * splits;
    depth_ = std::ceil(p_.k / splits / kStepDepth) * kStepDepth;
    if (splits > 1) depth_ = std::max(depth_, kLeastSplitDepth);
    waves_ =
        kWholeWaves * std::ceil(tiles_ / gpu.cores) + (1 - kWholeWaves) * std::max(tiles_ / gpu.cores, 1.0);
  }
  /// Until the last step; results are not yet written.
  [[nodiscard]] double multiplying() const {
    const double rate = p_.flops_per_s / gpu_.cores * efficiency(tile_);
    const double step =
        std::max(2 * tile_.rows * tile_.columns * kStepDepth / rate, gpu_.seconds_of(kStepCycles));
    return waves_ * step * depth_ / kStepDepth + gpu_.seconds_of(kFillCycles);
  }
  [[nodiscard]] double cache() const {
    const double operands = std::min(tile_.rows, p_.m) * p_.left_element_bytes +
                            std::min(tile_.columns, p_.n) * p_.right_element_bytes;
    const double reached =
        gpu_.l2_bytes_per_s * std::min(1.0, std::min(tiles_, gpu_.cores) * kOneCore / gpu_.cores);
    return kL2Share * tiles_ * operands * depth_ / reached;
  }
  [[nodiscard]] double memory() const {
    const double kept = held(p_.left_bytes + p_.out_bytes, kActivations * gpu_.l2_bytes);
    const double right = p_.right_bytes * (1 - held(p_.between_bytes, gpu_.l2_bytes));
    const double others = (p_.left_bytes * left_reads() + kWritten * p_.out_bytes) * (1 - kept);
    return (right + others) / gpu_.dram_bytes_per_s;
  }
  /// Writing results; with parts of k writing, reading and summing them.
  [[nodiscard]] double finishing() const {
    double out = waves_ * tile_.rows * tile_.columns * 2 / (kEpilogue * gpu_.l2_bytes_per_s / gpu_.cores);
    if (splits_ > 1)
      out +=
          gpu_.seconds_of(kSplitCycles) + (splits_ + 1) * p_.groups * p_.m * p_.n * 4 / gpu_.l2_bytes_per_s;
    return out;
  }
  [[nodiscard]] ProductTime time() const {
    ProductTime out{{tile_.rows, tile_.columns, splits_}, multiplying(), cache(), memory(), 0};
    out.seconds = together(out.compute_s, out.memory_s, out.cache_s) + finishing();
    out.compute_s += finishing();
    return out;
  }

 private:
  /// How often a left operand is read that does not stay in the cache: once for each block of columns at
  /// work.
  [[nodiscard]] double left_reads() const {
    if (p_.left_bytes <= 0.5 * gpu_.l2_bytes) return 1;
    const double active = std::min(tiles_, gpu_.cores) / splits_;
    const double block_rows = std::min(row_tiles_, std::max(1.0, std::floor(std::sqrt(active))));
    const double block_columns = std::min(column_tiles_, std::max(1.0, std::floor(active / block_rows)));
    return std::ceil(column_tiles_ / block_columns);
  }

  const Figures& gpu_;
  const Product& p_;
  Tile tile_;
  double splits_, row_tiles_ = 0, column_tiles_ = 0, tiles_ = 0, depth_ = 0, waves_ = 0;
};

}  // namespace

Product dense(double groups, double m, double n, double k, double element_bytes, double flops_per_s) {
  Product out{groups, m, n, k};
  out.left_element_bytes = out.right_element_bytes = element_bytes, out.flops_per_s = flops_per_s;
  out.left_bytes = groups * m * k * element_bytes, out.right_bytes = groups * n * k * element_bytes;
  out.out_bytes = groups * m * n * element_bytes;
  return out;
}

ProductTime time_of(const Figures& gpu, const Product& product) {
  ProductTime best;
  best.seconds = std::numeric_limits<double>::infinity();
  for (const auto& tile : kTiles)
    for (const double splits : kSplits) {
      const Cut cut(gpu, product, tile, splits);
      if (cut.multiplying() + cut.finishing() >= best.seconds) continue;
      if (const auto time = cut.time(); time.seconds < best.seconds) best = time;
    }
  return best;
}

}  // namespace alidade::gpu
