#pragma once
#include <optional>
#include <vector>

#include "libtorch.hpp"

namespace alidade::torchscript {

/// What an operator makes of tensors of ones and zeros in memory, for one that the meta device does not know;
/// nothing where the data decide the shape, the operator refuses them, or they are too large.
[[nodiscard]] std::optional<std::vector<c10::IValue>> run_on_cpu(torch::jit::Node& node,
                                                                 const std::vector<c10::IValue>& inputs);

}  // namespace alidade::torchscript
