#pragma once
#include "alidade/sdk/frontend.hpp"

namespace alidade::torchscript {

/// Reads a file of torch.jit.save: its forward method, run on tensors without elements.
[[nodiscard]] Result<Graph> read_script(const ReadRequest& request);

}  // namespace alidade::torchscript
