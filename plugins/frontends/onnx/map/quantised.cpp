#include <array>

#include "contraction.hpp"
#include "window.hpp"

namespace alidade::onnx_file {
namespace {

/// One scale for all where the scale is a scalar or has one element.
QuantAttrs quant_attrs(Call& call) {
  QuantAttrs a;
  const auto scale = call.type(1);
  const auto count = scale.elements();
  a.block = call.integer("block_size", 0);
  if (scale.ranked && (scale.rank() > 1 || !count || count->get() != 1))
    a.axis = call.axis(call.integer("axis", 1), call.rank(0));
  return a;
}
std::vector<ValueId> scaled(Call& call, ValueId x) {
  std::vector<ValueId> inputs{x};
  for (std::size_t i = 1; i < call.inputs(); ++i) inputs.push_back(call.buffer(i));
  return inputs;
}
}  // namespace

/// What is stored narrow is the weight itself.
void map_dequantize(Call& call) {
  const auto a = quant_attrs(call);
  call.emit(Op::dequantize, scaled(call, call.weight(0)));
  call.attrs(a);
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}
void map_quantize(Call& call) {
  const auto a = quant_attrs(call);
  call.emit(Op::quantize, scaled(call, call.is_stored(0) ? call.weight(0) : call.in(0)));
  call.attrs(a);
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}

namespace {

void map_dynamic_quantize(Call& call) { call.emit(Op::quantize, {call.in(0)}); }

/// x, scale, zero, w, scale, zero, y scale, y zero, bias? -> x, w, bias?, then the rest in the file's order.
void map_qlinear_conv(Call& call) {
  const auto groups = read_groups(call);
  const auto window = read_window(call, 0, spatial_sizes(call.type(3)));
  if (!window) return;
  call.emit(Op::conv, {call.in(0), call.weight(3), call.has(8) ? call.weight(8) : ValueId(), call.buffer(1),
                       call.buffer(2), call.buffer(4), call.buffer(5), call.buffer(6), call.buffer(7)});
  call.attrs(conv_attrs(*window, groups));
}
void map_conv_integer(Call& call) {
  const auto groups = read_groups(call);
  const auto window = read_window(call, 0, spatial_sizes(call.type(1)));
  if (!window) return;
  std::vector<ValueId> inputs{call.in(0), call.weight(1)};
  if (call.inputs() > 2) inputs.emplace_back();  // no bias
  for (std::size_t i = 2; i < call.inputs(); ++i) inputs.push_back(call.in(i));
  call.emit(Op::conv, inputs);
  call.attrs(conv_attrs(*window, groups));
}
void map_qlinear_matmul(Call& call) {
  const bool linear = is_linear(call, 3);
  call.emit(linear ? Op::linear : Op::matmul,
            {call.in(0), linear ? call.weight(3) : call.in(3), ValueId(), call.buffer(1), call.buffer(2),
             call.buffer(4), call.buffer(5), call.buffer(6), call.buffer(7)});
}
void map_matmul_integer(Call& call) {
  const bool linear = is_linear(call, 1);
  std::vector<ValueId> inputs{call.in(0), linear ? call.weight(1) : call.in(1)};
  if (call.inputs() > 2) inputs.emplace_back();  // no bias
  for (std::size_t i = 2; i < call.inputs(); ++i) inputs.push_back(call.buffer(i));
  call.emit(linear ? Op::linear : Op::matmul, inputs);
}

constexpr std::array kRules{
    Rule{"QuantizeLinear", &map_quantize, Op::quantize, 2, &infer_quantize},
    Rule{"DequantizeLinear", &map_dequantize, Op::dequantize, 2, &infer_dequantize},
    Rule{"DynamicQuantizeLinear", &map_dynamic_quantize, Op::quantize, 1, &infer_dynamic_quantize},
    Rule{"QLinearConv", &map_qlinear_conv, Op::conv, 8, &infer_qlinear_conv},
    Rule{"ConvInteger", &map_conv_integer, Op::conv, 2, &infer_conv_integer},
    Rule{"QLinearMatMul", &map_qlinear_matmul, Op::linear, 8, &infer_qlinear_matmul,
         "linear when the right operand is a stored matrix, else matmul"},
    Rule{"MatMulInteger", &map_matmul_integer, Op::linear, 2, &infer_matmul_integer,
         "linear when the right operand is a stored matrix, else matmul"},
};

}  // namespace

std::span<const Rule> quantised_rules() { return kRules; }

}  // namespace alidade::onnx_file
