#pragma once
#include <string>

#include "alidade/sdk/placer.hpp"
#include "guard.hpp"

namespace alidade::host {

/// What a placer answers about a graph on two devices of which the first does not run every third operator,
/// as text. An error where the answer cannot be.
[[nodiscard]] Result<std::string> observe_placement(const PluginCall& call, const Placer& placer,
                                                    const Graph& graph);

}  // namespace alidade::host
