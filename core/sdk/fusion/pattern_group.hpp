#pragma once
#include <cstdint>
#include <vector>

#include "group_size.hpp"
#include "roles.hpp"

namespace alidade::fusion {

/// A group of the strategy `pattern` as it grows. No two groups wait for each other, as whatever a group
/// waits for is before everything that others read of it, or comes of nothing but what is stored.
struct PatternGroup {
  std::vector<std::uint32_t> steps;  ///< the last is the exit
  Shape shape = Shape::views;
  GroupSize size;
  bool open = false;  ///< others read another of its steps, too: it takes nothing more that waits for others
};

}  // namespace alidade::fusion
