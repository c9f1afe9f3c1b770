#pragma once
#include <vector>

#include "alidade/sdk/memory_model.hpp"

namespace alidade::memory {

/// Fills units, their steps and `unit_of` of a model; gives the last step of every region.
std::vector<std::uint32_t> number_units(const Graph& graph, WorkspaceRule workspace, const FusionPlan* groups,
                                        MemoryModel& model);

}  // namespace alidade::memory
