#pragma once
#include <optional>

#include "facts.hpp"

namespace alidade::npu {

/// The figures of one core that a model runs on, in units of their names.
struct Core {
  double array_rows = 0, array_columns = 0;  ///< of the array that multiplies; 0: no part of it stays idle
  double tile_least_rows = 0;                ///< a tile takes no fewer cycles, however few rows it gets
  double tile_load_rows = 0;                 ///< cycles until its weights are in place
  double array_share = 1;                    ///< of its cycles
  double vector_elements_per_s = 0;          ///< 0: they cost no more than what the chip reads
  double on_chip_bytes_per_s = 0;            ///< 0: not known, and nothing waits for it
  double on_chip_bytes = 0;
  double memory_bytes_per_s = 0;  ///< sustained, where weights come from
  double resident_bytes = 0;      ///< of weights that stay on the chip from run to run
  bool evicts_all = false;        ///< whether all of them leave when some do not fit
  double issue_s = 0;             ///< of a kernel
  double row_s = 0;               ///< more, of one that works along rows
  double overlap = 0;  ///< exponent that joins compute and memory; 0: the longer, 1: one after the other
};

/// Weights of tiles of rows x columns, a tile's rows streamed through each; `flops_per_s`: of the full array.
[[nodiscard]] double tile_seconds(const Core& core, const Product& product, double flops_per_s);
/// All products of a kernel. A kernel may hold more of them than its problem says: its macs decide.
[[nodiscard]] double array_seconds(const Core& core, const Facts& facts, double flops_per_s);
/// What the vector engines do for it.
[[nodiscard]] double vector_seconds(const Core& core, const Facts& facts);
/// The share of a model's weights that comes from memory in every run.
[[nodiscard]] double streamed_share(const Core& core, double model_weight_bytes);
[[nodiscard]] double memory_seconds(const Core& core, const Facts& facts, double model_weight_bytes);
/// How much longer than the longer of both the two take together.
[[nodiscard]] double overlap_factor(const Core& core, double compute_s, double memory_s);

}  // namespace alidade::npu
