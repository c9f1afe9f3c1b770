#pragma once
#include <span>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// The graph with the user's word about its unknown operators: of the first rule that covers each.
/// What was stated, and a rule that covers nothing, are notes.
[[nodiscard]] Result<Graph> state_operators(Graph graph, std::span<const Step> rules,
                                            std::vector<Diagnostic>& notes);

}  // namespace alidade::host
