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

/// Whether an operator is one on quantised numbers, which libtorch runs only where there are numbers.
[[nodiscard]] bool is_quantiser(const c10::FunctionSchema& schema);
/// What an operator makes by its meaning, for those that libtorch cannot run on the meta device; nothing
/// where there is no rule. Without `tensors`, every size is known.
[[nodiscard]] std::optional<std::vector<Made>> ruled(const c10::FunctionSchema& schema,
                                                     c10::ArrayRef<c10::IValue> inputs,
                                                     const Tensors* tensors);
/// The element type of what an operator makes: that of its first tensor, unless it makes truths or places.
[[nodiscard]] c10::ScalarType ruled_type(const c10::FunctionSchema& schema,
                                         c10::ArrayRef<c10::IValue> inputs);

}  // namespace alidade::torchscript
