#pragma once
#include <cstdint>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"

namespace alidade::fusion {

/// What a strategy decides: the group of every step, and where and why each group stopped. A group has one
/// exit, its last step: the others are read inside only, so that groups never wait for each other.
struct Grouping {
  static constexpr std::uint32_t kNone = FusionPlan::kNone;
  struct Stop {
    Boundary boundary = Boundary::end;
    std::uint32_t next = kNone;  ///< the step that did not join
    bool fusible = false;        ///< but for the boundary, a rule would fuse the two
  };
  explicit Grouping(std::size_t steps) : group(steps, kNone) {}
  std::vector<std::uint32_t> group;  ///< of every step
  std::vector<Stop> stops;           ///< one per group
};

/// Everything a strategy looks at.
struct Subject {
  const Graph& graph;
  const CostProfile& cost;
  const Dependencies& order;
  const Dag& after;
  [[nodiscard]] Op op(std::uint32_t step) const { return graph.op(order.node(step)); }
};

/// Bounds of one group; 0 is none.
struct Limits {
  std::uint64_t ops = 0, bytes = 0, flops = 0;
};

}  // namespace alidade::fusion
