#pragma once
#include "profile.hpp"

namespace alidade {

/// The figures of a graph with free symbols as formulas. The cost table runs with a few bindings; what it
/// counts for one operator is a sum of products of the operator's sizes, of which there are so many, and
/// those that agree with every binding are found in exact arithmetic. More bindings than products are tried,
/// small ones and large ones: an operator that no such sum describes is a gap.
[[nodiscard]] Result<FormulaProfile> formulas_of(const Graph& graph);

}  // namespace alidade
