#pragma once
#include <span>
#include <string>

#include "alidade/ir/graph.hpp"

namespace alidade::crosscheck {

/// "the size u0 of 'i' (NonZero) depends on data": why an operator is not counted in full. `of_data` are the
/// names of sizes that do.
[[nodiscard]] std::string why_unknown(const Graph& graph, NodeId node, std::span<const std::string> of_data);

}  // namespace alidade::crosscheck
