#pragma once
#include "plan.hpp"

namespace alidade::host::training {

/// What an optimizer updates: elements, and their types in the passes and in the update.
struct UpdateSizes {
  std::uint64_t elements = 1;
  Dtype parameters = Dtype::f32, updated = Dtype::f32;
};
/// Its formulas as a graph, over all elements at once, as libraries run them.
[[nodiscard]] Result<Graph> update_graph(const OptimizerRule& rule, const UpdateSizes& sizes);

/// What that graph takes on a target, in the types that it has.
[[nodiscard]] Result<Estimate> update_time(const Graph& graph, const Step& cost, HardwareStep step);

}  // namespace alidade::host::training
