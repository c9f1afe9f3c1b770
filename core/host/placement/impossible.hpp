#pragma once
#include <optional>

#include "alidade/sdk/placer.hpp"

namespace alidade::host {

/// What keeps a task from any placement, with the operators and the targets that make it so: an operator that
/// no target runs, an energy that nobody states, weights that have nowhere else to go and do not fit.
[[nodiscard]] std::optional<Error> why_impossible(const PlacementTask& task);

}  // namespace alidade::host
