#pragma once
#include <string>

#include "grouping.hpp"

namespace alidade::fusion {

/// The plan of a grouping: groups in order with their figures, patterns, savings and near misses.
[[nodiscard]] Result<FusionPlan> plan_of(const GroupingInput& input, const Grouping& grouping,
                                         std::string strategy, std::string limits);

}  // namespace alidade::fusion
