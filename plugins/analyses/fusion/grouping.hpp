#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "reads.hpp"

namespace alidade::fusion {

/// What a strategy decides: the group of every step, and where and why each group stopped. Ordered by their
/// last steps, groups wait for earlier ones only: either only that step is read outside, or the group is a
/// run of consecutive steps.
struct Grouping {
  static constexpr std::uint32_t kNone = FusionPlan::kNone;
  struct Stop {
    Boundary boundary = Boundary::end;
    std::uint32_t next = kNone;     ///< the step that did not join
    bool fusible = false;           ///< but for the boundary, a rule would fuse the two
    std::string_view pattern = {};  ///< its name; empty: the kinds of its operators
  };
  explicit Grouping(std::size_t steps) : group(steps, kNone) {}
  std::vector<std::uint32_t> group;  ///< of every step
  std::vector<Stop> stops;           ///< one per group
};

/// Everything a strategy looks at.
struct GroupingInput {
  const Graph& graph;
  const CostProfile& cost;
  const Dependencies& order;
  const Dag& after;
  const Reads& reads;
  [[nodiscard]] NodeId node(std::uint32_t step) const { return order.node(step); }
  [[nodiscard]] Op op(std::uint32_t step) const { return graph.op(order.node(step)); }
  [[nodiscard]] const NodeCost& cost_of(std::uint32_t step) const { return cost.nodes[order.node(step)]; }
};

/// Bounds of one group; 0 is none.
struct Limits {
  std::uint64_t ops = 0;
  std::uint64_t bytes = 0;  ///< that its operators make, and of weights that they read
  std::uint64_t flops = 0;
};

}  // namespace alidade::fusion
