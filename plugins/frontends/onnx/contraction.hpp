#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

/// Whether an operand is a stored matrix, so that a product with it is a linear layer.
[[nodiscard]] bool is_linear(Call& call, std::size_t weight);
void map_fused_convolution(Call& call);
void map_channels_last_convolution(Call& call);

}  // namespace alidade::onnx_file
