#pragma once
#include "operation.hpp"

namespace alidade::aten {

// What the rules of float and of quantised products share.
[[nodiscard]] ConvAttrs convolution_attrs(Operation& o, ValueId weight);
void recurrent(Operation& o, Op op);
void recurrent_cell(Operation& o, Op op);

}  // namespace alidade::aten
