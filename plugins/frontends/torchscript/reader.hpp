#pragma once
#include <optional>

#include "alidade/sdk/frontend.hpp"

/// What reader.so offers to the plugin, which opens it when a file is read: reads a file of torch.jit.save,
/// its forward method run on tensors without elements.
extern "C" void alidade_read_script(const alidade::ReadRequest& request,
                                    std::optional<alidade::Result<alidade::Graph>>& graph);
