#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "flow.hpp"
#include "sdk/fusion/group_size.hpp"

namespace alidade::fusion {

/// Loops that run as one.
struct Kernel {
  std::vector<std::uint32_t> steps;  ///< descending
  std::uint64_t elements = 0, rows = 0;
  std::span<const std::uint64_t> sizes;  ///< of what its last loop makes
  RegionId region;
  GroupSize size;
  bool call = false, across = false;
  bool permuted = false;    ///< its rows and columns are no others'
  bool by_columns = false;  ///< its rows stay apart; elements in any other loop are one long row
};

/// Whether the loops of `a`, on which `b` may wait, and those of `b` run over the same elements.
[[nodiscard]] bool same_loops(const Kernel& a, const Kernel& b);
/// Whether they share their outer loops: rows that are reduced, then read.
[[nodiscard]] bool same_rows(const Kernel& a, const Kernel& b);

/// Kernels before any two are joined: a call, or a loop with the loops that are done inside of it. One that
/// several would do belongs to the one that ends first: so no two wait for each other.
struct LoopKernels {
  std::vector<Kernel> kernels;    ///< some without steps
  std::vector<std::uint32_t> of;  ///< of every step; none for a view
};
/// What is done inside of others adds to their nests in `flow`, which the kernels refer to.
[[nodiscard]] LoopKernels first_kernels(const FusionInput& input, const GroupLimits& limits, Flow& flow);

}  // namespace alidade::fusion
