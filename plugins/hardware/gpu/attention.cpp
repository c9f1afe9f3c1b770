// Attention as one kernel: tiles of queries pass over the keys that they see. The constants are of libraries,
// the same for all devices; docs/hardware_models.md has the formulas and where they come from.
#include "attention.hpp"

#include <algorithm>
#include <cmath>

#include "cache.hpp"

namespace alidade::gpu {
namespace {

constexpr double kQueries = 128, kFewQueries = 64;        // of a tile
constexpr double kKeys = 64, kWidth = 32;                 // what a tile's steps are filled up to
constexpr double kMatrix = 0.758;                         // of what full tiles of products sustain
constexpr double kExponent = 0.462;                       // of the exponentials, what no product hides
constexpr double kExponentsPerClock = 16;                 // of a core
constexpr double kTileCycles = 5320, kWidthCycles = 7.6;  // of a tile; more for each of its columns
constexpr double kStartCycles = 8210, kCombineCycles = 8750;
constexpr double kWholeWaves = 0.787;   // how much of a last wave's gap is waited for
constexpr double kLeastSplitKeys = 64;  // of a part

/// How queries become tiles: those of heads that share keys are rows of one tile.
struct Plan {
  double tile = kQueries, tiles = 0;
  double seen = 0, most_seen = 0;  ///< keys, by a tile on average and at most
};
Plan plan_of(const Attention& a) {
  const double sharing = a.heads / a.kv_heads, rows = a.query * sharing;
  Plan out;
  if (rows <= kFewQueries) out.tile = kFewQueries;
  out.tiles = a.batch * a.kv_heads * std::ceil(rows / out.tile);
  const double span = std::min(std::max(1.0, out.tile / sharing), a.query);
  out.seen = a.causal ? a.key - a.query + std::min(a.query, (a.query + span) / 2) : a.key;
  out.seen = std::max(out.seen, 1.0), out.most_seen = a.key;
  if (a.window > 0) {
    out.seen = std::min(out.seen, a.window + span);
    out.most_seen = std::min(a.key, a.window + span);
  }
  return out;
}

/// With the keys of every tile cut in so many parts.
double compute_seconds(const Figures& gpu, const Attention& a, const Plan& plan, double splits) {
  const double width = std::ceil(a.width / kWidth) * kWidth;
  const double key = 4 * plan.tile * width / (a.flops_per_s / gpu.cores * kMatrix) +
                     kExponent * gpu.seconds_of(plan.tile / kExponentsPerClock);
  const auto tile = [&](double keys) {
    const double part = std::ceil(keys / splits / kKeys) * kKeys;
    return gpu.seconds_of(kTileCycles + kWidthCycles * width) +
           key * (splits > 1 ? std::max(part, kLeastSplitKeys) : part);
  };
  const double on_core = plan.tiles * splits / gpu.cores;
  const double waves = std::max(1.0, kWholeWaves * std::ceil(on_core) + (1 - kWholeWaves) * on_core);
  const double combining = splits > 1 ? gpu.seconds_of(kCombineCycles) : 0;
  return std::max(tile(plan.seen) * waves, tile(plan.most_seen)) + combining;
}

double memory_seconds(const Figures& gpu, const Attention& a) {
  const double keys = a.window > 0 ? std::min(a.key, a.window + a.query) : a.key;
  return (2 * a.batch * a.kv_heads * keys * a.width * a.kv_element_bytes +
          2 * a.batch * a.heads * a.query * a.width * a.element_bytes) /
         gpu.dram_bytes_per_s;
}

}  // namespace

AttentionTime time_of(const Figures& gpu, const Attention& a) {
  const auto plan = plan_of(a);
  AttentionTime out{plan.tiles, 1, compute_seconds(gpu, a, plan, 1), memory_seconds(gpu, a), 0};
  const double most_splits = std::floor(gpu.cores / plan.tiles);
  if (most_splits > 1)
    if (const double cut = compute_seconds(gpu, a, plan, most_splits); cut < out.compute_s)
      out.splits = most_splits, out.compute_s = cut;
  out.seconds = together(out.compute_s, out.memory_s) + gpu.seconds_of(kStartCycles);
  return out;
}

}  // namespace alidade::gpu
