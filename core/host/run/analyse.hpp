#pragma once
#include <memory>

#include "alidade/results/result.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// What one analysis finds in a graph, given the results before it; nothing thrown by the plugin leaves.
[[nodiscard]] Result<AnyResult> analyse(const Step& step, const Graph& graph, const ResultSet& results);

/// A result, and the graph that it may speak of where that is not the model's own: it outlives the result.
struct Analysed {
  Result<AnyResult> result;
  std::unique_ptr<const Graph> lent;
};
/// The same, where a pass of a library from outside the install gets a copy of the graph: what it writes into
/// that costs its own result and nothing else.
[[nodiscard]] Analysed analyse_apart(const Step& step, const Graph& graph, const ResultSet& results);

}  // namespace alidade::host
