// Quantise and dequantise, of PyTorch's own passes and of torchao.
#include "rules.hpp"

namespace alidade::aten {
namespace {

void quant(Operation& o, Op op) {
  QuantAttrs a;
  a.axis = o.integer("axis", o.integer("ch_axis", -1)), a.block = o.integer("group_size", 0);
  o.emit(op, o.every_tensor(), a);
}

/// torchao: one scale for every block; the block's only dimension above 1 is the axis.
void blocks(Operation& o, Op op) {
  QuantAttrs a;
  const auto block = o.integers("block_size");
  for (std::size_t i = 0; i < block.size(); ++i)
    if (block[i] > 1) a.axis = static_cast<std::int64_t>(i), a.block = block[i];
  o.emit(op, o.every_tensor(), a);
}

constexpr Rule kRules[] = {
    {"quantized_decomposed.quantize_per_tensor", Op::quantize, quant},
    {"quantized_decomposed.quantize_per_channel", Op::quantize, quant},
    {"quantized_decomposed.quantize_per_channel_group", Op::quantize, quant},
    {"quantized_decomposed.quantize_per_token", Op::quantize, quant},
    {"quantized_decomposed.dequantize_per_tensor", Op::dequantize, quant},
    {"quantized_decomposed.dequantize_per_channel", Op::dequantize, quant},
    {"quantized_decomposed.dequantize_per_channel_group", Op::dequantize, quant},
    {"quantized_decomposed.dequantize_per_token", Op::dequantize, quant},
    {"quantize_per_tensor", Op::quantize, quant},
    {"quantize_per_channel", Op::quantize, quant},
    {"dequantize", Op::dequantize, quant},
    {"fake_quantize_per_tensor_affine", Op::quantize, quant},
    {"fake_quantize_per_channel_affine", Op::quantize, quant},
    {"torchao.quantize_affine", Op::quantize, blocks},
    {"torchao.dequantize_affine", Op::dequantize, blocks},
};

}  // namespace

std::span<const Rule> quantisation_rules() { return kRules; }

}  // namespace alidade::aten
