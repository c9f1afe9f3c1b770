#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// The groups of a grouping in an order that they can run in: of those that could be next, the one that ends
/// first in the file. Groups of the outermost region come first, those of each region together.
struct OrderedGroups {
  std::vector<std::uint32_t> place;  ///< of every group of the grouping, in that order
  std::vector<std::uint32_t> end;    ///< one per place, into members
  std::vector<NodeId> members;       ///< group after group, each in file order
  PerNode<std::uint32_t> group_of;   ///< the place of a node's group; kNone for a constant

  [[nodiscard]] std::size_t size() const { return end.size(); }
  [[nodiscard]] std::uint32_t first(std::size_t group) const { return group == 0 ? 0 : end[group - 1]; }
  [[nodiscard]] std::span<const NodeId> operators(std::size_t group) const {
    return std::span(members).subspan(first(group), end[group] - first(group));
  }
};
[[nodiscard]] OrderedGroups ordered_groups(const FusionInput& input, const Grouping& grouping);

}  // namespace alidade::fusion
