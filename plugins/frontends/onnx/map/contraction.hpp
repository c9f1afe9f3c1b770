#pragma once
#include <utility>

#include "call.hpp"

namespace alidade::onnx_file {

/// Whether an operand is a stored matrix, so that a product with it is a linear layer.
[[nodiscard]] bool is_linear(Call& call, std::size_t weight);
/// The two terms of a rotary embedding: x times cosine, and x rotated by halves or pairs times sine. The
/// tables are spread over x by views. Steps are named prefix + "cos" and so on.
std::pair<ValueId, ValueId> rotate(Call& call, Text prefix, ValueId x, ValueId cosine, ValueId sine,
                                   TypeId type);
void map_fused_convolution(Call& call);
void map_average_pool(Call& call);
void map_quantize(Call& call);
void map_dequantize(Call& call);
void map_channels_last_convolution(Call& call);

}  // namespace alidade::onnx_file
