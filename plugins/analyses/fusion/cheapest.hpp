#pragma once
#include "grouping.hpp"

namespace alidade::fusion {

/// What the chip can hold of tensors that never leave it, and how many operators a group may have.
struct Chip {
  std::uint64_t capacity_bytes = 0;
  std::uint64_t ops = 64;
};

/// The grouping into runs of consecutive operators, in file order, that moves the fewest bytes: exact, by
/// dynamic programming, in time that grows with operators times `ops`.
[[nodiscard]] Grouping cheapest_groups(const GroupingInput& input, const Chip& chip);
/// What no grouping of any kind can go below: each weight, input and output of the model once, and each
/// tensor that does not fit on the chip, written and read.
[[nodiscard]] Bytes least_traffic(const GroupingInput& input, const Chip& chip);

}  // namespace alidade::fusion
