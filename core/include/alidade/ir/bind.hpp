#pragma once
#include "alidade/ir/expression.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

/// The same graph with every dimension that the bindings decide turned into a number. A dimension whose text
/// is no formula is a name of its own.
[[nodiscard]] Result<Graph> bind(Graph graph, const Bindings& bindings);

}  // namespace alidade
