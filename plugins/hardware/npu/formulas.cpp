// An array fed by tiles, vector engines behind it, weights that stream in meanwhile. docs/hardware_models.md
// has the formulas.
#include "formulas.hpp"

#include <algorithm>
#include <cmath>

namespace alidade::npu {
namespace {

constexpr double kGatherPasses = 2,
                 kShortRowPasses = 6;  // over what is picked: rows are shorter than a burst
constexpr double kShortRow = 1024;     // bytes
constexpr double kHandOverPasses = 2;  // over what a product hands to an attention: through memory
constexpr double kLooseRate = 1e9;     // FLOP/s of what no engine does more than one at a time; not scored

double macs(const Product& p) { return p.groups * p.m * p.n * p.k; }

}  // namespace

double tile_seconds(const Core& core, const Product& p, double flops_per_s) {
  if (core.array_rows == 0 || core.array_columns == 0) return 2 * macs(p) / flops_per_s;
  const double tiles = p.groups * std::ceil(p.k / core.array_rows) * std::ceil(p.n / core.array_columns);
  const double rows = std::max(p.m, core.tile_least_rows) + core.tile_load_rows;
  return tiles * rows * 2 * core.array_rows * core.array_columns / flops_per_s;
}

double array_seconds(const Core& core, const Facts& facts, double flops_per_s) {
  if (facts.macs == 0) return 0;
  const double known = macs(facts.products[0]) + macs(facts.products[1]);
  const double rate = flops_per_s * core.array_share;
  if (known == 0) return 2 * facts.macs / rate;
  const double seconds =
      tile_seconds(core, facts.products[0], rate) + tile_seconds(core, facts.products[1], rate);
  return seconds * facts.macs / known;
}

double vector_seconds(const Core& core, const Facts& facts) {
  double out = facts.loose_flops / kLooseRate;
  if (core.vector_elements_per_s > 0) out += facts.vector_elements / core.vector_elements_per_s;
  const bool with_readers = facts.row_wise && facts.before_products;  // they do it while they read
  if (core.on_chip_bytes_per_s > 0 && facts.macs == 0 && !with_readers)
    out += facts.tensor_bytes / core.on_chip_bytes_per_s;
  return out;
}

double streamed_share(const Core& core, double model_weight_bytes) {
  if (core.resident_bytes == 0) return 1;
  if (model_weight_bytes <= core.resident_bytes) return 0;
  return core.evicts_all ? 1 : 1 - core.resident_bytes / model_weight_bytes;
}

/// Weights behind an attention come in while it leaves the memory idle, where half of the chip holds them.
double memory_seconds(const Core& core, const Facts& facts, double model_weight_bytes) {
  if (facts.gathers)
    return (facts.picked_row_bytes < kShortRow ? kShortRowPasses : kGatherPasses) *
           (facts.weight_bytes + facts.tensor_bytes) / core.memory_bytes_per_s;
  const bool prefetched =
      facts.behind_attention && core.on_chip_bytes_per_s > 0 && 2 * facts.weight_bytes <= core.on_chip_bytes;
  if (prefetched) return facts.weight_bytes / core.on_chip_bytes_per_s;
  double spilled = 0;
  if (core.on_chip_bytes_per_s > 0 && facts.macs > 0)
    spilled = facts.unread             ? facts.result_bytes
              : facts.before_attention ? kHandOverPasses * facts.result_bytes
                                       : 0;
  return (facts.weight_bytes * streamed_share(core, model_weight_bytes) + spilled) / core.memory_bytes_per_s;
}

double overlap_factor(const Core& core, double compute_s, double memory_s) {
  const double longer = std::max(compute_s, memory_s), shorter = std::min(compute_s, memory_s);
  if (core.overlap == 0 || shorter == 0) return 1;
  return std::pow(1 + std::pow(shorter / longer, core.overlap), 1 / core.overlap);
}

}  // namespace alidade::npu
