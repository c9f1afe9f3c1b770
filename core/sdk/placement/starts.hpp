#pragma once
#include <vector>

#include "alidade/sdk/placement_value.hpp"

namespace alidade {

/// Placements that are near at hand and that every device can carry out, whatever limits they break.
[[nodiscard]] std::vector<DeviceOf> placement_starts(const PlacementTask& task);

}  // namespace alidade
