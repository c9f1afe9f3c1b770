#pragma once
#include <optional>
#include <vector>

#include "libtorch.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// What one tensor is that an operator makes: its element type, and its sizes as far as they are known.
struct Made {
  c10::ScalarType type;
  std::optional<std::vector<Dim>> dims;
};

/// What a node makes by the meaning of its operator, for those that libtorch cannot run on the meta device
/// and has no shape function for. One without a rule makes tensors of which only the element type is told.
[[nodiscard]] std::vector<Made> ruled(const torch::jit::Node& node, const std::vector<c10::IValue>& inputs,
                                      const Tensors& tensors);
/// The element type alone: that of the first tensor, unless the operator makes truths or places.
[[nodiscard]] c10::ScalarType ruled_type(const torch::jit::Node& node,
                                         const std::vector<c10::IValue>& inputs);

}  // namespace alidade::torchscript
