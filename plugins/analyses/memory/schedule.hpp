#pragma once
#include <optional>

#include "alidade/results/memory.hpp"
#include "units.hpp"

namespace alidade::memory {

/// What memory does when the units run in this order, and a plan for it.
[[nodiscard]] MemorySchedule schedule_of(const Units& units, const std::vector<std::uint32_t>& order);
/// An order with a lower peak, found greedily: of all units that could run, the one that adds least. Nothing
/// when the search would look at more than `most_looks` candidates.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> leaner_order(const Units& units,
                                                                     std::uint64_t most_looks);
/// Gives every tensor its offset, so that those alive together lie apart; the size of the arena.
[[nodiscard]] Bytes place(std::vector<TensorLife>& tensors);

}  // namespace alidade::memory
