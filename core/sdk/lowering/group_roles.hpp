#pragma once
#include <vector>

#include "kinds.hpp"
#include "layout_plan.hpp"
#include "sdk/fusion/ordered_groups.hpp"

namespace alidade::lowering {

/// Which operators of every group do something when the model runs, and what the group is as one kernel.
struct GroupRoles {
  std::vector<Role> roles;         ///< by group; of a group in which nothing works it says nothing
  std::vector<NodeId> workers;     ///< neither views nor folded, group after group
  std::vector<std::uint32_t> end;  ///< one per group, into workers
  std::vector<char> calls;         ///< by group: its kernel writes its own type alone

  [[nodiscard]] std::span<const NodeId> of(std::size_t group) const {
    const auto first = group == 0 ? 0 : end[group - 1];
    return std::span(workers).subspan(first, end[group] - first);
  }
};
[[nodiscard]] GroupRoles group_roles(const FusionInput& input, const Grouping& grouping,
                                     const fusion::OrderedGroups& groups, const LayoutPlan& layout,
                                     Backend backend);

}  // namespace alidade::lowering
