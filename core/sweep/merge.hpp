#pragma once
#include <string>
#include <vector>

#include "store.hpp"

namespace alidade::sweep {

/// How many points a store has, of how many.
struct Merged {
  std::size_t there = 0, points = 0;
};
/// Puts the points of stores of one sweep into a new one at `output`, whole or not at all. What two of them
/// have has to be the same.
[[nodiscard]] Result<Merged> merge(const std::vector<std::string>& stores, const std::string& output);

}  // namespace alidade::sweep
