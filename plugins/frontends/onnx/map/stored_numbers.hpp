#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

/// Follows stored integers through an operator that moves or picks them. Where numbers of 16 bits or fewer
/// are then cast to floating point or dequantised, they are weights: what they were picked from becomes a
/// parameter. Wider ones, and what only makes indices, shapes and conditions, belong to the program.
void follow_stored_numbers(Call& call);

}  // namespace alidade::onnx_file
