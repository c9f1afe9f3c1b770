#pragma once
#include <cstdint>
#include <vector>

#include "alidade/ir/attrs.hpp"

namespace alidade::aten {

/// A list of one number stands for every dimension; an empty one for `fallback`.
[[nodiscard]] inline Spatial spatial(const std::vector<std::int64_t>& list, int rank, std::int64_t fallback) {
  Spatial s;
  s.rank = rank;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i)
    s.at[i] = i < list.size() ? list[i] : list.empty() ? fallback : list.back();
  return s;
}

}  // namespace alidade::aten
