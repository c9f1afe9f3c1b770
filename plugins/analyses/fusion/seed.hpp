#pragma once
#include "grouping.hpp"

namespace alidade::fusion {

/// The greedy chain partitioner of the system that this one follows: from every operator on to its only
/// reader while that reads nothing else and a pair of the table allows it. No limits.
[[nodiscard]] Grouping seed_groups(const GroupingInput& input);

}  // namespace alidade::fusion
