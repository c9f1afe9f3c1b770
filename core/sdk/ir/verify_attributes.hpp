#pragma once
#include <string>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// What is wrong with the attributes of a node, of those that any operator of its family has; empty when
/// nothing is.
[[nodiscard]] std::string attribute_misfit(const Graph& graph, NodeId node);

}  // namespace alidade
