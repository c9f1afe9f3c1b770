#pragma once
#include "alidade/sdk/placement_value.hpp"

namespace alidade {

/// What a tensor takes that is moved to every other device that reads it.
[[nodiscard]] double moving_cost(const PlacementTask& task, Objective objective, const HandedOn& tensor,
                                 std::span<const std::uint8_t> device_of);

/// What a placement takes of an objective that is a sum.
struct CostParts {
  double steps = 0, transfers = 0, fixed = 0;
};
[[nodiscard]] CostParts cost_parts(const PlacementTask& task, Objective objective,
                                   std::span<const std::uint8_t> device_of);

}  // namespace alidade
