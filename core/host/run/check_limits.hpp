#pragma once
#include <string>

#include "alidade/ir/graph.hpp"
#include "host/config/limits.hpp"

namespace alidade::host {

// What of [limits] no frontend has to look at.

/// Before anything of a file is read; what is no file, or is not there, is for the frontends to say.
[[nodiscard]] Result<void> check_size(const std::string& path, const Limits& limits);
/// Of the graph that a frontend gave: the names of its nodes, their operators, values and modules.
[[nodiscard]] Result<void> check_names(const Graph& graph, const Limits& limits);

}  // namespace alidade::host
