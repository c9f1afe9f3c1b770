#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade {

/// Whether the file leaves result `i` of an operator out, so that nothing makes it: nobody wants it and its
/// size is not known. The first is so only where it has no name and others follow: an operator makes
/// something.
[[nodiscard]] bool is_left_out(const Graph& graph, NodeId maker, std::size_t i);

}  // namespace alidade
