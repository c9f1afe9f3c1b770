#pragma once
#include <vector>

#include "alidade/sdk/memory_model.hpp"

namespace alidade::memory {

/// Fills units, their steps and `unit_of` of a model; gives the last step of every region.
std::vector<std::uint32_t> number_units(const Graph& graph, WorkspaceRule workspace, const FusionPlan* groups,
                                        MemoryModel& model);

/// Whether what one operator of the file was taken apart into is one unit: in a training step, where the
/// steps of a gradient would else hold more than a kernel does.
[[nodiscard]] bool runs_whole_operators(const Graph& graph);

}  // namespace alidade::memory
