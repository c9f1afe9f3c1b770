#pragma once
#include "libtorch.hpp"

namespace alidade::torchscript {

/// What stands for a number or an object that only the data decide. It never reaches an operator of libtorch.
[[nodiscard]] const c10::IValue& unknown();
[[nodiscard]] bool is_unknown(const c10::IValue& value);
/// Whether something unknown stands anywhere in a list or tuple.
[[nodiscard]] bool holds_unknown(const c10::IValue& value);

/// Every tensor of a value: its own, and those of lists, tuples and dictionaries, in order.
void each_tensor(const c10::IValue& value, const std::function<void(const at::Tensor&)>& f);

}  // namespace alidade::torchscript
