#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "alidade/sdk/memory_model.hpp"

namespace alidade::memory {

/// What a search for an order found.
struct Found {
  std::vector<std::uint32_t> order;  ///< of outermost units, with a lower peak; empty: none was found
  bool complete = false;             ///< no order has a lower peak than the one found, or than the given one
  bool stopped = false;              ///< there were no looks left
  bool near = false;                 ///< no order has a peak lower than the one found by more than 2 %
};

/// Looks for an order with a peak below `given`: over the sets of units that can have run, of each size those
/// with the lowest peaks, as many as fit into `most_looks` (at least one a size while there are looks left).
/// Of more than 256 units a sixteenth of them is enough where that comes near to what lives in every order.
/// Up to 12 units all sets fit, and the order found is the best of all.
[[nodiscard]] Found leaner_order(const MemoryModel& model, const Dag& before, std::uint64_t given,
                                 std::uint64_t most_looks);

}  // namespace alidade::memory
