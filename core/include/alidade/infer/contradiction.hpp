#pragma once
#include <optional>

#include "alidade/ir/graph.hpp"

namespace alidade::infer {

/// A warning where the sizes that a file states of results are not those that operators make of the stated
/// sizes of their operands: every figure is of what it states. Names the first such node, and how many there
/// are.
[[nodiscard]] std::optional<Diagnostic> contradiction(const Graph& graph);

}  // namespace alidade::infer
