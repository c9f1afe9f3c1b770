#pragma once
#include <optional>

#include "alidade/sdk/frontend.hpp"

/// What reader.so offers to the plugin, which opens it when a file is read: reads a file of torch.jit.save,
/// its forward method run on tensors without elements. With `measure_runs` above 0 what it takes on the CPU
/// is attached to the graph as "measured".
extern "C" void alidade_read_script(const alidade::ReadRequest& request, std::uint32_t measure_runs,
                                    std::optional<alidade::Result<alidade::Graph>>& graph);
