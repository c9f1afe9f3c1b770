// Attention as one kernel: tiles of queries pass over the keys that they see. docs/hardware_models.md has the
// formulas and where the numbers come from.
#include "attention.hpp"

#include <algorithm>
#include <cmath>

#include "attention_library.hpp"
#include "cache.hpp"

namespace alidade::gpu {
namespace {

constexpr double kWideParts = 32;       // of the keys, however few, where each sequence has one query ...
constexpr double kWideSequences = 512;  // ... and so many are there at most, for which a graph was recorded
constexpr double kExponentsPerClock = 16;  // of a core
constexpr double kLeastStepCycles = 100;
constexpr double kFullTiles = 0.8;   // of the cores: with fewer tiles keys are cut in parts
constexpr double kPackedGain = 0.9;  // rows that share keys are packed where they fill tiles this much better

/// A size that kernels exist for.
double padded_width(double width) {
  for (const double size : {64.0, 96.0, 128.0, 192.0, 256.0})
    if (width <= size) return size;
  return 512;
}

/// How queries become tiles, and keys steps.
struct Plan {
  double width = 0, rows = 0, columns = 0;  ///< of a tile: its width, queries, and keys of a step
  double tiles = 0, tile_rows = 0;          ///< of all heads; rows that are in use where one tile has all
  double steps = 0, most_steps = 0;         ///< of a tile on average and at most
  double keys = 0;                          ///< that a tile sees on average
  double splits = 1, part_steps = 0;        ///< parts of the keys; steps of one on average
};

class Planner {
 public:
  Planner(const Figures& gpu, const AttentionLibrary& library, const Attention& a)
      : gpu_(gpu), library_(library), a_(a), sharing_(a.heads / a.kv_heads) {}

  [[nodiscard]] Plan plan() const {
    Plan out;
    choose_tile(out);
    const bool packed = packs(out.rows);
    const double rows = packed ? a_.query * sharing_ : a_.query;
    if (gpu_.warp_groups && (packed || a_.query == 1) && rows <= 64 && out.width <= kWidestOfWarps)
      out.rows = 64;
    const double heads = packed ? a_.kv_heads : a_.heads,
                 span = packed ? std::ceil(out.rows / sharing_) : out.rows;
    out.tiles = a_.batch * heads * std::ceil(rows / out.rows), out.tile_rows = std::min(out.rows, rows);
    count_steps(std::min(span, a_.query), out);
    cut_keys(out);
    return out;
  }

 private:
  void cut_keys(Plan& out) const {
    const bool wide = out.width > kWidestOfWarps,
               may_split = gpu_.warp_groups || (sharing_ > 1 && a_.query == 1);
    if (wide)
      out.splits = a_.query == 1 && a_.batch <= kWideSequences ? kWideParts : 1;
    else if (may_split && out.tiles < kFullTiles * gpu_.cores)
      out.splits = std::clamp(std::floor(gpu_.cores / out.tiles), 1.0,
                              std::max(1.0, std::floor(out.steps / library_.split_steps)));
    const double share = out.steps / out.splits;
    out.part_steps = wide && share < 1 ? share : std::ceil(share);  // other parts have no keys
  }
  void choose_tile(Plan& out) const {
    const double w = out.width = padded_width(a_.width);
    if (gpu_.warp_groups) {
      out.rows = w <= 96 ? 192 : w <= 256 ? 128 : 64;
      out.columns = w <= 128 ? 128 : w <= 192 ? 96 : w <= 256 ? 80 : 64;
    } else {
      out.rows = 64, out.columns = w <= 64 ? 256 : w <= 128 ? 128 : 64;
    }
  }
  /// Whether queries of heads that share keys lie in one tile.
  [[nodiscard]] bool packs(double tile) const {
    const auto filled = [tile](double rows) { return rows / (std::ceil(rows / tile) * tile); };
    return gpu_.warp_groups ? filled(a_.query) < kPackedGain * filled(a_.query * sharing_) : a_.query == 1;
  }
  void count_steps(double span, Plan& out) const {
    out.keys = a_.causal ? a_.key - a_.query + std::min(a_.query, (a_.query + span) / 2) : a_.key;
    out.keys = std::max(out.keys, 1.0);
    out.most_steps = std::ceil(a_.key / out.columns);
    out.steps = out.keys >= a_.key ? out.most_steps : std::max(1.0, out.keys / out.columns + 0.5);
  }

  const Figures& gpu_;
  const AttentionLibrary& library_;
  const Attention& a_;
  double sharing_;
};

class Pricer {
 public:
  Pricer(const Figures& gpu, const Attention& a)
      : gpu_(gpu),
        a_(a),
        library_(!gpu.warp_groups           ? kWarps
                 : a.width > kWidestOfWarps ? kWide
                                            : kWarpGroups),
        plan_(Planner(gpu, library_, a).plan()) {}

  [[nodiscard]] AttentionTime time() const {
    AttentionTime out{compute(), memory(), 0};
    out.seconds = joined(library_.overlap, out.compute_s, out.memory_s, feed()) + around();
    return out;
  }

 private:
  [[nodiscard]] bool narrow() const { return a_.kv_element_bytes < 2; }
  [[nodiscard]] double working() const { return plan_.tiles * plan_.splits; }
  [[nodiscard]] double step() const {
    const double rate = a_.flops_per_s / gpu_.cores * (narrow() ? library_.narrow_matrix : library_.matrix);
    const double pairs = plan_.rows * plan_.columns;
    return std::max(
        4 * pairs * plan_.width / rate + library_.exponent * gpu_.seconds_of(pairs / kExponentsPerClock),
        gpu_.seconds_of(kLeastStepCycles));
  }
  [[nodiscard]] double compute() const {
    const double around =
        gpu_.seconds_of(library_.tile_cycles + library_.width_cycles * plan_.width +
                        library_.search_cycles * a_.batch) +
        plan_.tile_rows * plan_.width * 2 * library_.store / (gpu_.l2_bytes_per_s / gpu_.cores);
    const double one = around + step() * plan_.part_steps;
    const double longest = around + step() * std::ceil(plan_.most_steps / plan_.splits);
    const double on_core = working() / gpu_.cores;
    const double waves =
        std::max(1.0, library_.whole_waves * std::ceil(on_core) + (1 - library_.whole_waves) * on_core);
    return std::max({one * waves, longest, one * on_core + library_.tail * (longest - one)});
  }
  [[nodiscard]] double memory() const {
    const double keys = 2 * a_.batch * a_.kv_heads * a_.key * a_.width * a_.kv_element_bytes;
    const double queries = 2 * a_.batch * a_.heads * a_.query * a_.width * a_.element_bytes;
    const double hit =
        std::clamp(1 + (1 - library_.passing * keys / gpu_.l2_bytes) / library_.fade, 0.0, 1.0);
    return (keys * (1 - hit) + queries) /
           (gpu_.dram_bytes_per_s * std::min(1.0, working() * library_.cores_in_flight / gpu_.cores));
  }
  [[nodiscard]] double feed() const {
    const double bytes = plan_.tiles * 2 * std::min(plan_.keys, a_.key) * plan_.width * a_.kv_element_bytes;
    return bytes / (gpu_.l2_bytes_per_s * std::min(working(), gpu_.cores) / gpu_.cores * library_.feed);
  }
  [[nodiscard]] double around() const {
    double cycles = library_.start_cycles + (a_.query == 1 ? library_.sequence_cycles * a_.batch : 0);
    if (plan_.splits > 1) cycles += library_.combine_cycles;
    const bool shared = a_.heads > a_.kv_heads && a_.kv_heads > 1;
    if (shared && a_.query == 1 && a_.batch > 1) cycles += library_.swap_cycles;
    if (!narrow()) return gpu_.seconds_of(cycles);
    const double queries = 3 * a_.batch * a_.heads * a_.query * a_.width;  // read in 16 bits, written in 8
    return gpu_.seconds_of(cycles + library_.narrow_cycles) + queries / gpu_.dram_bytes_per_s;
  }

  const Figures& gpu_;
  const Attention& a_;
  const AttentionLibrary& library_;
  Plan plan_;
};

}  // namespace

AttentionTime time_of(const Figures& gpu, const Attention& attention) {
  return Pricer(gpu, attention).time();
}

}  // namespace alidade::gpu
