#pragma once
#include <string>
#include <string_view>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// The arrays of a graph behind a checked header: what a worker sends and a cache stores.
[[nodiscard]] std::string to_wire(const Graph& graph);
/// Takes a graph from bytes that may be hostile: every size, index and enumerator is checked before use.
[[nodiscard]] Result<Graph> from_wire(std::string_view bytes);

}  // namespace alidade
