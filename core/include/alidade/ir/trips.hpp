#pragma once
#include <algorithm>
#include <cstdint>

#include "alidade/base/units.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

/// How often a node runs what its regions hold: an interval where the data decide.
struct Trips {
  std::uint64_t least = 1;
  Upper most = 1;
  [[nodiscard]] bool known() const { return most == least; }
  /// As often as it runs for certain, or once where it may not run.
  [[nodiscard]] std::uint64_t at_least_one() const {
    return known() ? least : std::max<std::uint64_t>(least, 1);
  }
};

/// Of a loop or scan its trips; every other node runs its regions once.
[[nodiscard]] inline Trips trips_of(const Graph& graph, NodeId node) {
  if (family_of(graph.op(node)) != AttrFamily::loop) return {};
  const auto& a = graph.attrs<LoopAttrs>(node);
  const auto number = [](std::int64_t n) { return static_cast<std::uint64_t>(n); };
  if (a.trips >= 0) return {number(a.trips), number(a.trips)};
  return {number(a.least), a.most >= 0 ? Upper(number(a.most)) : Upper::none()};
}

}  // namespace alidade
