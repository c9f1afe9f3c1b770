#pragma once
#include <string>

#include "alidade/results/cost.hpp"

namespace alidade::cost {

/// Why shapes are not known: " because the result of 'nz' (ai.onnx::NonZero) depends on data", the first few
/// causes of all operators with such a shape, in file order; empty where the inputs' symbols are all there
/// is.
[[nodiscard]] std::string because(const Graph& graph, const CostProfile& profile);

}  // namespace alidade::cost
