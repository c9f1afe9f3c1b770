// PyTorch's own operators on quantised tensors, torch.ops.quantized: the products and functions of the float
// ones, scaled again on the way out. Weights are packed; a frontend that can look into them names their
// parts.
#include <array>

#include "contraction.hpp"
#include "rules.hpp"

namespace alidade::aten {
namespace {

/// What an operator does to its result before it writes it, by the end of its name.
struct Sequel {
  std::string_view ending;
  Op first, second = Op::opaque;
};
constexpr Sequel kSequels[] = {{"_add_relu", Op::add, Op::relu},
                               {"_add", Op::add},
                               {"_leaky_relu", Op::leaky_relu},
                               {"_relu", Op::relu},
                               {"_relu_dynamic", Op::relu},
                               {"_relu_dynamic_fp16", Op::relu},
                               {"_tanh", Op::tanh}};

const Sequel* sequel(std::string_view base) {
  for (const auto& known : kSequels)
    if (base.ends_with(known.ending)) return &known;
  return nullptr;
}

/// The node, and those of its sequel.
template <class A>
void with_sequel(Operation& o, Op op, std::span<const ValueId> inputs, const A& attrs) {
  const auto* then = sequel(o.base());
  if (!then) return void(o.emit(op, inputs, attrs));
  ValueId x = o.step(op, inputs, o.result_type(), name(op));
  o.draft().builder.attrs(o.draft().last(), attrs);
  if (then->second != Op::opaque)
    x = o.step(then->first, {x, o.tensor("qaccum")}, o.result_type(), name(then->first));
  const Op last = then->second != Op::opaque ? then->second : then->first;
  o.emit(last, {x, last == Op::add ? o.tensor("qaccum") : ValueId()});
}

/// The operand as bytes, where the operator quantises it as it runs.
ValueId operand(Operation& o) {
  const ValueId x = first_operand(o);
  const bool quantises = o.base().ends_with("_dynamic") && is_floating(o.type(x).dtype);
  if (!quantises) return x;
  return o.step(Op::quantize, {x}, o.draft().types.make(Dtype::u8, o.type(x).dims), "quantize");
}

/// x, weight, bias, and what the weight is scaled by.
template <class A>
void product(Operation& o, Op op, const A& attrs) {
  const std::array inputs{operand(o), o.tensor("weight"), o.tensor("bias"), o.tensor("weight_scales"),
                          o.tensor("weight_zero_points")};
  with_sequel(o, op, inputs, attrs);
}

void unknown_weight(Operation& o) {
  o.draft().note_opaque(o.foreign());
  o.draft().builder.unbounded(o.emit(Op::opaque, o.every_tensor()), Unbounded::weights);
}

void convolution(Operation& o, Op op) {
  const ValueId weight = o.tensor("weight");
  if (!weight.valid()) return unknown_weight(o);
  product(o, op, convolution_attrs(o, weight));
}

void linear(Operation& o, Op op) {
  if (!o.tensor("weight").valid()) return unknown_weight(o);
  product(o, op, MatmulAttrs{0, 1});
}

void matrix_product(Operation& o, Op op) { o.emit(op, {o.tensor("qa"), o.tensor("qb")}, MatmulAttrs{}); }

void binary(Operation& o, Op op) {
  const std::array inputs{o.operand(std::size_t{0}), o.operand(std::size_t{1})};
  const auto* then = sequel(o.base());
  const ValueId sum = then ? o.step(op, inputs, o.result_type(), name(op)) : ValueId();
  if (then)
    o.emit(then->first, {sum});
  else
    o.emit(op, inputs);
}

void concat(Operation& o, Op op) {
  const auto parts = o.tensors("qx");
  const ValueId first = parts.empty() ? ValueId() : parts.front();
  const std::int64_t axis[] = {o.axis(first, o.integer("dim", 0))};
  with_sequel(o, op, parts, AxesAttrs{o.draft().builder.ints(axis), 0});
}

void norm(Operation& o, Op op) {
  const ValueId weight = o.tensor("weight"), bias = o.tensor("bias");
  NormAttrs a;
  const auto dims = static_cast<std::int64_t>(o.count("normalized_shape"));
  a.axis = dims > 0 ? o.rank(first_operand(o)) - dims : a.axis;
  a.groups = o.integer("num_groups", a.groups);
  if (op == Op::batch_norm)
    with_sequel(o, op, std::array{first_operand(o), weight, bias, o.tensor("mean"), o.tensor("var")}, a);
  else
    o.emit(op, {first_operand(o), weight, bias}, a);
}

void softmax(Operation& o, Op op) {
  const std::int64_t axis[] = {o.axis(first_operand(o), o.integer("dim", -1))};
  o.emit(op, {first_operand(o)}, AxesAttrs{o.draft().builder.ints(axis), 0});
}

void look_up(Operation& o, Op op) {
  if (!o.tensor("weight").valid()) return unknown_weight(o);
  o.emit(op, {o.tensor("weight"), o.tensor("indices")});
}

constexpr Rule kRules[] = {
    {"quantized.conv1d", Op::conv, convolution},
    {"quantized.conv2d", Op::conv, convolution},
    {"quantized.conv3d", Op::conv, convolution},
    {"quantized.conv1d_relu", Op::conv, convolution},
    {"quantized.conv2d_relu", Op::conv, convolution},
    {"quantized.conv3d_relu", Op::conv, convolution},
    {"quantized.conv2d_add", Op::conv, convolution},
    {"quantized.conv2d_add_relu", Op::conv, convolution},
    {"quantized.conv1d_dynamic", Op::conv, convolution},
    {"quantized.conv2d_dynamic", Op::conv, convolution},
    {"quantized.conv3d_dynamic", Op::conv, convolution},
    {"quantized.conv_transpose1d", Op::conv_transpose, convolution},
    {"quantized.conv_transpose2d", Op::conv_transpose, convolution},
    {"quantized.conv_transpose3d", Op::conv_transpose, convolution},
    {"quantized.conv_transpose1d_dynamic", Op::conv_transpose, convolution},
    {"quantized.conv_transpose2d_dynamic", Op::conv_transpose, convolution},
    {"quantized.conv_transpose3d_dynamic", Op::conv_transpose, convolution},
    {"quantized.linear", Op::linear, linear},
    {"quantized.linear_relu", Op::linear, linear},
    {"quantized.linear_leaky_relu", Op::linear, linear},
    {"quantized.linear_tanh", Op::linear, linear},
    {"quantized.linear_dynamic", Op::linear, linear},
    {"quantized.linear_relu_dynamic", Op::linear, linear},
    {"quantized.linear_dynamic_fp16", Op::linear, linear},
    {"quantized.linear_relu_dynamic_fp16", Op::linear, linear},
    {"quantized.quantized_lstm_cell_dynamic", Op::lstm, recurrent_cell},
    {"quantized.quantized_gru_cell_dynamic", Op::gru, recurrent_cell},
    {"quantized.quantized_rnn_tanh_cell_dynamic", Op::rnn, recurrent_cell},
    {"quantized.quantized_rnn_relu_cell_dynamic", Op::rnn, recurrent_cell},
    {"quantized.matmul", Op::matmul, matrix_product},
    {"quantized.add", Op::add, binary},
    {"quantized.add_relu", Op::add, binary},
    {"quantized.add_scalar", Op::add, binary},
    {"quantized.add_scalar_relu", Op::add, binary},
    {"quantized.mul", Op::mul, binary},
    {"quantized.mul_relu", Op::mul, binary},
    {"quantized.mul_scalar", Op::mul, binary},
    {"quantized.mul_scalar_relu", Op::mul, binary},
    {"quantized.cat", Op::concat, concat},
    {"quantized.cat_relu", Op::concat, concat},
    {"quantized.batch_norm", Op::batch_norm, norm},
    {"quantized.batch_norm1d", Op::batch_norm, norm},
    {"quantized.batch_norm2d", Op::batch_norm, norm},
    {"quantized.batch_norm3d", Op::batch_norm, norm},
    {"quantized.batch_norm_relu", Op::batch_norm, norm},
    {"quantized.batch_norm1d_relu", Op::batch_norm, norm},
    {"quantized.batch_norm2d_relu", Op::batch_norm, norm},
    {"quantized.batch_norm3d_relu", Op::batch_norm, norm},
    {"quantized.layer_norm", Op::layer_norm, norm},
    {"quantized.group_norm", Op::group_norm, norm},
    {"quantized.instance_norm", Op::instance_norm, norm},
    {"quantized.softmax", Op::softmax, softmax},
    {"quantized.leaky_relu", Op::leaky_relu, first_tensor},
    {"quantized.prelu", Op::leaky_relu, first_tensor},
    {"quantized.relu6", Op::clip, first_tensor},
    {"quantized.clamp", Op::clip, first_tensor},
    {"quantized.hardswish", Op::hardswish, first_tensor},
    {"quantized.sigmoid", Op::sigmoid, first_tensor},
    {"quantized.elu", Op::elu, first_tensor},
    {"quantized.celu", Op::elu, first_tensor},
    {"quantized.dropout", Op::dropout, first_tensor},
    {"quantized.threshold", Op::unary, first_tensor},
    {"quantized.embedding_byte", Op::embedding, look_up},
    {"quantized.embedding_4bit", Op::embedding, look_up},
    {"quantized.embedding_bag_byte", Op::embedding, look_up},
    {"quantized.embedding_bag_4bit", Op::embedding, look_up},
};

}  // namespace

std::span<const Rule> quantised_rules() { return kRules; }

}  // namespace alidade::aten
