#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

/// What an operator holds in its attributes where those are weights: of classical machine learning all lists,
/// of any other tensors and long lists. They become stored tensors, which are added to its operands.
/// `graphs` where it holds those, too: then nothing is added.
[[nodiscard]] Unbounded hold_weights(Call& call, std::vector<ValueId>& operands);

}  // namespace alidade::onnx_file
