#pragma once
#include <algorithm>
#include <catch2/catch.hpp>

#include "alidade/results/memory.hpp"

namespace alidade::samples {

/// A plan in which nothing that lives together overlaps, and whose arena ends with the last tensor.
inline void check_places(const MemorySchedule& s) {
  std::uint64_t end = 0;
  for (const auto& a : s.tensors) {
    end = std::max(end, a.offset.value + a.bytes.value);
    for (const auto& b : s.tensors) {
      const bool together = a.first <= b.last && b.first <= a.last;
      const bool apart = a.offset.value + a.bytes.value <= b.offset.value ||
                         b.offset.value + b.bytes.value <= a.offset.value;
      if (a.value != b.value && together) CHECK(apart);
    }
  }
  CHECK(end == s.arena.value);
  CHECK(s.arena >= s.peak);
}

}  // namespace alidade::samples
