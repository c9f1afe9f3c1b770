#pragma once
#include <span>

#include "alidade/sdk/fusion.hpp"
#include "alidade/sdk/kernel.hpp"

namespace alidade::lowering {

/// What the kernel of one operator is.
[[nodiscard]] KernelKind kind_of(const Graph& graph, NodeId n);

/// What a group is as one kernel, and whose problem it has.
struct Role {
  KernelKind kind = KernelKind::pointwise;
  NodeId node;                ///< the largest product, else the operator that says most, the last of several
  NodeId first, last;         ///< products
  std::uint8_t products = 0;  ///< contractions
};
/// `group`: operators that do something. `attention`: the group's rule says so.
[[nodiscard]] Role role_of_group(const FusionInput& input, std::span<const NodeId> group, bool attention);
/// The problem of that role; for products side by side their sum where they differ in nothing else.
[[nodiscard]] Problem problem_of(const FusionInput& input, std::span<const NodeId> group, const Role& role);

}  // namespace alidade::lowering
