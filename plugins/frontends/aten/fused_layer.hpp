#pragma once
#include "operation.hpp"

namespace alidade::aten {

// Layers that torch runs as one operator under torch.no_grad() ("fast path"), as what they are made of, so
// that they count as those that it runs part by part.

/// nn.TransformerEncoderLayer
void encoder_layer(Operation& operation, Op op);
/// nn.MultiheadAttention of one tensor with itself; the second result is what each place looked at.
void self_attention(Operation& operation, Op op);

}  // namespace alidade::aten
