#pragma once
#include "libtorch.hpp"

namespace alidade::torchscript {

/// A tensor in memory of the same type, shape and strides: random numbers around 0, of whole numbers zeros,
/// which every table has a row for.
[[nodiscard]] at::Tensor drawn(const at::Tensor& like);

}  // namespace alidade::torchscript
