#pragma once
#include <optional>
#include <string>

#include "alidade/results/cost.hpp"
#include "alidade/results/estimate.hpp"

namespace alidade::host {

/// Of an estimate that does not fit into the memory of its target: how much is lacking, and which precision
/// or batch would fit. Nothing where it fits or that is not known.
[[nodiscard]] std::optional<Diagnostic> what_would_fit(const Graph& graph, const CostProfile& cost,
                                                       const Estimate& estimate);

}  // namespace alidade::host
