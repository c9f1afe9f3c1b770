#pragma once
#include <span>

#include "pattern_group.hpp"

namespace alidade::fusion {

/// Whether a step comes of nothing but what is stored, with nothing but views and what is folded before it.
[[nodiscard]] std::vector<char> stored_steps(const FusionInput& input);

/// Puts products with weights that read one tensor into one group, each with the epilogue that it has:
/// queries, keys and values, a gate and what it gates. `group_of` says the group of every step. Groups whose
/// steps went to another are left empty.
void join_side_by_side(const FusionInput& input, const GroupLimits& limits, std::span<const char> stored,
                       std::vector<PatternGroup>& groups, std::span<std::uint32_t> group_of);

}  // namespace alidade::fusion
