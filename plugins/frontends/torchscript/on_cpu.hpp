#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "libtorch.hpp"

namespace alidade::torchscript {

/// What takes the place of a tensor without elements.
using Fill = std::function<at::Tensor(const at::Tensor&)>;
/// A node's inputs with elements, and no device named.
[[nodiscard]] std::vector<c10::IValue> in_memory(const torch::jit::Node& node,
                                                 const std::vector<c10::IValue>& inputs, const Fill& fill);

/// What an operator makes of tensors of ones and zeros in memory, for one that the meta device does not know;
/// nothing where the data decide the shape, the operator refuses them, or they are too large.
[[nodiscard]] std::optional<std::vector<c10::IValue>> run_on_cpu(torch::jit::Node& node,
                                                                 const std::vector<c10::IValue>& inputs);

}  // namespace alidade::torchscript
