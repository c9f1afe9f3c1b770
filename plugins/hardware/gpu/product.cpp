// Matrix products in tiles, waves of tiles and parts of k. The constants are of libraries, the same for all
// devices; docs/hardware_models.md has the formulas and where they come from.
#include "product.hpp"

#include <algorithm>
#include <cmath>

#include "cache.hpp"
#include "library.hpp"

namespace alidade::gpu {
namespace {

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
// Of few columns, as grouped convolutions have, and what of k it takes at a time.
constexpr Tile kNarrowest{64, 16};
constexpr double kNarrowestDepth = 32;
constexpr std::array<Tile, 7> kWeightOnlyTiles{
    {{16, 64}, {32, 64}, {64, 64}, {32, 128}, {64, 128}, {128, 128}, {128, 256}}};
constexpr std::array<Tile, 5> kWholeBytesTiles{{{64, 64}, {64, 128}, {128, 128}, {128, 256}, {256, 128}}};
constexpr std::array<Tile, 5> kTilesByRows{{{16, 64}, {32, 64}, {64, 64}, {64, 128}, {128, 128}}};
constexpr std::array<double, 8> kSplits{1, 2, 3, 4, 6, 8, 16, 32};
constexpr std::array<double, 3> kFewSplits{1, 2, 4};
constexpr double kLeastSplitDepth = 256;  // of k; less is filled up

constexpr Library kVendor{.tiles = kTiles, .splits = kSplits};
/// Of numbers in 8 bits or fewer: what three of those below have in common.
constexpr Library narrow() {
  return {.tiles = {},
          .splits = kFewSplits,
          .whole_waves = 0.3449,
          .fill_cycles = 0,
          .l2_share = 0.6092,
          .one_core = 1.5,
          .in_flight = 0.7413,
          .epilogue = 0.9373,
          .activations = 0.623,
          .written = 0.8024,
          .overlap = 5.1};
}
/// Weights in 8 or 4 bits, widened where they are multiplied.
constexpr Library kWeightOnly = [] {
  auto out = narrow();
  out.tiles = kWeightOnlyTiles;
  out.share = 1.038, out.feed = 0.8164, out.refill_cycles = 1957, out.step_cycles = 177;
  out.split_cycles = 12700, out.start_s = 5.925e-6;
  return out;
}();
/// Both sides in 8 bits, with one scale a row and a column.
constexpr Library kWholeBytes{.tiles = kWholeBytesTiles,
                              .splits = kNoSplits,
                              .share = 1.057,
                              .feed = 0.2925,
                              .whole_waves = 0.537,
                              .fill_cycles = 792,
                              .refill_cycles = 4461,
                              .step_cycles = 118,
                              .l2_share = 1.136,
                              .one_core = 3.366,
                              .in_flight = 3.356,
                              .epilogue = 0.7794,
                              .activations = 0.3586,
                              .written = 0.8024,
                              .overlap = 5.677,
                              .start_s = 4.222e-6};
/// Of engines that time kernels before they choose.
constexpr Library kTimedBytes = [] {
  auto out = narrow();
  out.tiles = kWholeBytesTiles;
  out.share = 0.998, out.feed = 0.6612, out.refill_cycles = 3403, out.step_cycles = 118;
  out.split_cycles = 7056;
  return out;
}();
// Its few rows are multiplied by the vector units, each weight as it arrives.
constexpr double kFewRows = 4, kFewRowsMacs = 50, kFewRowsStart = 0.74e-6;  // MACs of a core, a clock
/// The same in 8-bit floats: one tile, which the number of rows decides.
constexpr Library kSmallFloats{.tiles = kTilesByRows,
                               .splits = kNoSplits,
                               .share = 1.295,
                               .feed = 0.2868,
                               .whole_waves = 1,
                               .fill_cycles = 0,
                               .refill_cycles = 38,
                               .step_cycles = 53,
                               .l2_share = 0.9298,
                               .one_core = 2.775,
                               .in_flight = 14.89,
                               .epilogue = 1.724,
                               .activations = 0.0184,
                               .written = 1,
                               .scattered = 2,
                               .overlap = 2.036};
/// Of rows that are routed to experts.
constexpr Library kRoutedFloats = [] {
  auto out = narrow();
  out.tiles = kTilesByRows, out.splits = kNoSplits;
  out.share = 0.8218, out.feed = 0.1182, out.refill_cycles = 851, out.step_cycles = 53;
  out.split_cycles = 0, out.start_s = 2.491e-6;
  out.l2_share = 0.6736, out.one_core = 5.745, out.in_flight = 13.39;
  return out;
}();

const Library& library_of(const Product& p) {
  if (std::min(p.left_element_bytes, p.right_element_bytes) >= 2) return kVendor;
  if (p.left_element_bytes >= 2) return kWeightOnly;
  if (!p.small_floats) return p.called ? kWholeBytes : kTimedBytes;
  return p.routed ? kRoutedFloats : kSmallFloats;
}
/// Of tiles by rows, the one for so many.
std::span<const Tile> tiles_for(const Library& library, const Figures& gpu, double rows) {
  if (library.tiles.data() != kTilesByRows.data()) return library.tiles;
  const std::size_t least = gpu.warp_groups ? 2 : 0;  // groups of warps begin at 64 rows
  const std::size_t wanted = rows <= 16                              ? 0
                             : rows <= 32                            ? 1
                             : rows <= 64                            ? 2
                             : rows <= (gpu.warp_groups ? 128 : 256) ? 3
                                                                     : 4;
  return library.tiles.subspan(std::max(least, wanted), 1);
}

/// Of a tile's time, the part that multiplies; relative to the largest tile.
double efficiency(const Library& library, const Tile& tile) {
  const auto feed = [&](const Tile& t) {
    return library.feed * kStepDepth * (t.rows + t.columns) / (t.rows * t.columns);
  };
  return (1 + feed(kTiles[0])) / (1 + feed(tile));
}

/// One way to cut a product.
class Cut {
 public:
  Cut(const Figures& gpu, const Product& product, const Library& library, const Tile& tile, double splits)
      : gpu_(gpu), p_(product), library_(library), tile_(tile), splits_(splits) {
    row_tiles_ = std::ceil(p_.m / tile.rows), column_tiles_ = std::ceil(p_.n / tile.columns);
    tiles_ = p_.groups * row_tiles_ * column_tiles_ * splits;
    const double filled = tile.columns > kNarrowest.columns ? kStepDepth : kNarrowestDepth;
    depth_ = std::ceil(p_.k / splits / filled) * filled;
    if (splits > 1) depth_ = std::max(depth_, kLeastSplitDepth);
    waves_ = library.whole_waves * std::ceil(tiles_ / gpu.cores) +
             (1 - library.whole_waves) * std::max(tiles_ / gpu.cores, 1.0);
  }
  /// Until the last step; results are not yet written.
  [[nodiscard]] double multiplying() const {
    const double rate = p_.flops_per_s * library_.share / gpu_.cores * efficiency(library_, tile_);
    const double step =
        std::max(2 * tile_.rows * tile_.columns * kStepDepth / rate, gpu_.seconds_of(library_.step_cycles));
    return waves_ * (step * depth_ / kStepDepth + gpu_.seconds_of(library_.refill_cycles)) +
           gpu_.seconds_of(library_.fill_cycles);
  }
  [[nodiscard]] double cache() const {
    const double operands = std::min(tile_.rows, p_.m) * p_.left_element_bytes +
                            std::min(tile_.columns, p_.n) * p_.right_element_bytes;
    const double reached =
        gpu_.l2_bytes_per_s * std::min(1.0, std::min(tiles_, gpu_.cores) * library_.one_core / gpu_.cores);
    return library_.l2_share * tiles_ * operands * depth_ / reached;
  }
  [[nodiscard]] double memory() const {
    const double kept = held(p_.left_bytes + p_.out_bytes, library_.activations * gpu_.l2_bytes);
    const double right = p_.right_bytes * (1 - held(p_.between_bytes, gpu_.l2_bytes));
    const double written = library_.written * (gpu_.warp_groups ? 1 : library_.scattered);
    const double others = (p_.left_bytes * left_reads() + written * p_.out_bytes) * (1 - kept);
    return (right + others) /
           (gpu_.dram_bytes_per_s * std::min(1.0, tiles_ * library_.in_flight / gpu_.cores));
  }
  /// Writing results; with parts of k writing, reading and summing them.
  [[nodiscard]] double finishing() const {
    double out =
        (p_.called ? library_.start_s : 0) +
        waves_ * tile_.rows * tile_.columns * 2 / (library_.epilogue * gpu_.l2_bytes_per_s / gpu_.cores);
    if (splits_ > 1)
      out += gpu_.seconds_of(library_.split_cycles) +
             (splits_ + 1) * p_.groups * p_.m * p_.n * 4 / gpu_.l2_bytes_per_s;
    return out;
  }
  [[nodiscard]] ProductTime time() const {
    ProductTime out{{tile_.rows, tile_.columns, splits_}, multiplying(), cache(), memory(), 0};
    out.seconds = joined(library_.overlap, out.compute_s, out.memory_s, out.cache_s) + finishing();
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
  const Library& library_;
  Tile tile_;
  double splits_, row_tiles_ = 0, column_tiles_ = 0, tiles_ = 0, depth_ = 0, waves_ = 0;
};

ProductTime few_rows(const Figures& gpu, const Product& p) {
  ProductTime out{{p.m, 1, 1}};
  out.compute_s = gpu.seconds_of(p.groups * p.m * p.n * p.k / (kFewRowsMacs * gpu.cores));
  out.memory_s = (p.left_bytes + p.right_bytes + p.out_bytes) / gpu.dram_bytes_per_s;
  out.seconds = std::max(out.compute_s, out.memory_s) + kFewRowsStart + (p.called ? kWholeBytes.start_s : 0);
  return out;
}

}  // namespace

Product dense(double groups, double m, double n, double k, double element_bytes, double flops_per_s) {
  Product out{groups, m, n, k};
  out.left_element_bytes = out.right_element_bytes = element_bytes, out.flops_per_s = flops_per_s;
  out.left_bytes = groups * m * k * element_bytes, out.right_bytes = groups * n * k * element_bytes;
  out.out_bytes = groups * m * n * element_bytes;
  return out;
}

ProductTime time_of(const Figures& gpu, const Product& product, const Library& library,
                    std::span<const Tile> tiles) {
  ProductTime best;
  best.seconds = std::numeric_limits<double>::infinity();
  for (const auto& tile : tiles)
    for (const double splits : library.splits) {
      const Cut cut(gpu, product, library, tile, splits);
      if (cut.multiplying() + cut.finishing() >= best.seconds) continue;
      if (const auto time = cut.time(); time.seconds < best.seconds) best = time;
    }
  return best;
}

ProductTime time_of(const Figures& gpu, const Product& product) {
  const auto& library = library_of(product);
  if (&library == &kWholeBytes && product.m <= kFewRows) return few_rows(gpu, product);
  auto best = time_of(gpu, product, library, tiles_for(library, gpu, product.m));
  if (product.n > kNarrowest.columns || &library != &kVendor) return best;
  const auto narrow = time_of(gpu, product, library, {&kNarrowest, 1});
  return narrow.seconds < best.seconds ? narrow : best;
}

}  // namespace alidade::gpu
