#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade::work_parts {

/// Whether a scatter writes into a tensor that a loop carries from trip to trip, and nobody reads it after
/// that but the next trip: runtimes put the updates where they belong and copy nothing, as a scan does that
/// stacks its results. Of a chain of such updates each is. docs/limits.md says how far is looked.
[[nodiscard]] bool updates_carried(const Graph& graph, NodeId scatter);

/// The argument of a loop's region that one of its results is, with updates in it; invalid for other results.
[[nodiscard]] ValueId updated_argument(const Graph& graph, ValueId result);

}  // namespace alidade::work_parts
