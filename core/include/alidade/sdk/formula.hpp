#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/results/formula.hpp"

namespace alidade {

/// The figures of a graph with free symbols as formulas. The cost table runs with a few bindings; what it
/// counts for one operator is a sum of products of the operator's sizes, of which there are so many, and
/// those that agree with every binding are found in exact arithmetic. More bindings than products are tried,
/// small ones and large ones: an operator that no such sum describes is a gap.
[[nodiscard]] Result<FormulaProfile> formulas_of(const Graph& graph);

/// The formulas of one model, ready to be evaluated.
class FormulaValues {
 public:
  explicit FormulaValues(const FormulaProfile& profile);
  /// Nothing where there is no such formula, a symbol in it has no value, or no model has such sizes.
  [[nodiscard]] Result<std::optional<std::int64_t>> at(std::string_view figure,
                                                       const Bindings& bindings) const;

 private:
  std::map<std::string, Expression, std::less<>> formulas_;
};

/// Sizes to evaluate with, by symbol.
using SizeLists = std::map<std::string, std::vector<std::int64_t>>;
/// Adds those of one text, "batch=1,8,32"; an error where it is none.
[[nodiscard]] Result<void> add_sizes(std::string_view text, SizeLists& sizes);

/// A device at its peak.
struct Ridge {
  std::string device;
  double flops_per_byte = 0;
};

/// Evaluates a profile with every choice of one size for each symbol, the last symbol changing first, and
/// looks for crossovers with the first size of each: where products of activations (attention) overtake
/// products with weights, and where the model as a whole, each operator once from memory, turns compute-bound
/// on each device. `option` is what the sizes were stated with, for errors: a symbol of a formula without
/// sizes, or a name that is no symbol.
[[nodiscard]] Result<void> evaluate(FormulaProfile& profile, const SizeLists& sizes,
                                    const std::vector<Ridge>& ridges, const std::string& option);

}  // namespace alidade
