#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/formulas/formula_values.hpp"

namespace alidade::cli {

/// A device at its peak.
struct Ridge {
  std::string device;
  double flops_per_byte = 0;
};

/// The size of one symbol from which on something holds, the others being as they are.
struct Crossover {
  enum class What : std::uint8_t { attention, compute };
  What what = What::attention;
  std::string device;  ///< of `compute`
  std::string symbol;
  std::optional<std::int64_t> from;  ///< nothing: not up to kFarthest
  Bindings others;
};
inline constexpr std::int64_t kFarthest = 1 << 20;

/// Where products of activations (attention) overtake products with weights, and where the model as a whole,
/// each operator once from memory, turns compute-bound on each device. `fixed` are the sizes of the symbols
/// that do not move; 1 where there is none.
[[nodiscard]] std::vector<Crossover> crossovers(const FormulaProfile& profile, const Bindings& fixed,
                                                const std::vector<Ridge>& ridges);
[[nodiscard]] std::string words(const Crossover& crossover);

}  // namespace alidade::cli
