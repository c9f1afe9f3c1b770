#include <fmt/format.h>

#include <array>

#include "contraction.hpp"
#include "infer/literal.hpp"

namespace alidade::onnx_file {
namespace {

Dtype packed_dtype(std::int64_t bits) { return bits == 2 ? Dtype::u2 : bits == 8 ? Dtype::u8 : Dtype::u4; }

/// A [.., K] times a weight of [N, K] that is stored in blocks of a few bits, packed into bytes.
void infer_nbits(Call& call) {
  const TensorType a = call.type(0);
  if (!a.ranked || a.rank() == 0) return;
  std::vector<Dim> dims(a.dims.begin(), a.dims.end());
  dims.back() = Dim(call.integer("N", -1));
  call.set_type(0, call.types().make(a.dtype, dims));
}
/// What a stored weight has beyond its elements: rows end with a whole block. It is read, and is no
/// parameter.
ValueId filling(Call& call, const TensorType& weight) {
  constexpr int kFilling = 1;  // the other part of the tensor
  const Tensor* stored = call.origin(1).tensor;
  const auto count = stored ? element_count(stored->dims) : std::nullopt;
  const auto elements = weight.size_bytes();
  if (!count || !elements) return {};
  const auto bytes = *count * static_cast<std::uint64_t>(bits(dtype_of(stored->elem_type))) / 8;
  if (bytes <= *elements->get()) return {};
  const Dim more(static_cast<std::int64_t>(bytes - *elements->get()));
  return call.stored("filling", ValueKind::buffer, call.types().make(Dtype::u8, std::array{more}),
                     {call.origin(1).stored_as.data(), kFilling});
}
/// The weight gets the shape it stands for and the width it is stored with.
void map_nbits(Call& call) {
  const auto k = call.integer("K", -1), n = call.integer("N", -1), bits = call.integer("bits", 4);
  if (k < 1 || n < 1) return call.reject(fmt::format("K is {} and N is {}; both are at least 1", k, n));
  call.value(1).type = call.types().make(packed_dtype(bits), std::array{Dim(n), Dim(k)});
  const ValueId weight = call.weight(1);
  call.reading().stored.type(weight, call.value(1).type);
  std::vector<ValueId> inputs{call.in(0), weight, call.has(5) ? call.weight(5) : ValueId()};
  for (const std::size_t i : {2, 3})
    if (call.has(i)) inputs.push_back(call.buffer(i));
  if (const ValueId more = filling(call, call.type(1)); more.valid()) inputs.push_back(more);
  call.emit(Op::linear, inputs);
  call.attrs(MatmulAttrs{0, 1});
}

void infer_product_of(Call& call, std::size_t right, Dtype dtype) {
  call.set_shape(0, dtype, infer::matmul(call.types().sizes, call.shape(0), call.shape(right), {}));
}
void infer_dynamic(Call& call) { infer_product_of(call, 1, Dtype::f32); }
/// a, b, scale, zero?, bias?; a is quantised on the way.
void map_dynamic(Call& call) {
  const bool linear = is_linear(call, 1);
  const TypeId bytes = call.types().with_dtype(call.type_id(0), Dtype::u8);
  const ValueId a = call.step(Op::quantize, "quantize", {call.in(0)}, bytes);
  std::vector<ValueId> inputs{a, linear ? call.weight(1) : call.in(1),
                              call.has(4) ? call.weight(4) : ValueId(), call.buffer(2)};
  if (call.has(3)) inputs.push_back(call.buffer(3));
  call.last(linear ? Op::linear : Op::matmul, "product", inputs);
}
/// a, b, a scale, b scale, a zero?, b zero?, bias?
void map_integer_to_float(Call& call) {
  const bool linear = is_linear(call, 1);
  std::vector<ValueId> inputs{call.in(0), linear ? call.weight(1) : call.in(1),
                              call.has(6) ? call.weight(6) : ValueId()};
  for (std::size_t i = 2; i < 6; ++i)
    if (call.has(i)) inputs.push_back(call.buffer(i));
  call.emit(linear ? Op::linear : Op::matmul, inputs);
}

/// a, scale, zero, b, scale, zero, then the result's own: an operator on integers.
void infer_qlinear_binary(Call& call) {
  call.set_shape(0, call.dtype(0), infer::broadcast(call.types().sizes, call.shape(0), call.shape(3)));
}
void map_qlinear_binary(Call& call) { call.emit(call.rule().target, {call.in(0), call.in(3)}); }
void map_qlinear_unary(Call& call) { call.emit(call.rule().target, {call.in(0)}); }
void map_qlinear_softmax(Call& call) {
  call.emit(Op::softmax, {call.in(0)});
  call.attrs(AxesAttrs{call.list(std::array{call.axis(call.integer("axis", -1), call.rank(0))}), 0});
}
/// y scale, y zero, then (x, scale, zero) for each part.
void map_qlinear_concat(Call& call) {
  std::vector<ValueId> inputs;
  for (std::size_t i = 2; i < call.inputs(); i += 3) inputs.push_back(call.in(i));
  call.emit(Op::concat, inputs);
  call.attrs(AxesAttrs{call.list(std::array{call.axis(call.integer("axis", 0), call.rank(2))}), 0});
}
void infer_qlinear_concat(Call& call) {
  std::vector<Shape> parts;
  for (std::size_t i = 2; i < call.inputs(); i += 3) parts.push_back(call.shape(i));
  call.set_shape(0, call.dtype(2), infer::concat(call.types().sizes, parts, call.integer("axis", 0)));
}
void map_qlinear_pool(Call& call) {
  if (call.integer("channels_last", 0) != 0) return map_opaque(call);
  call.emit(Op::adaptive_avg_pool, {call.in(0)});
}
void infer_qlinear_pool(Call& call) {
  if (call.integer("channels_last", 0) == 0) infer_global_pool(call);
}

constexpr Rule qbinary(std::string_view op, Op target) {
  return {op, &map_qlinear_binary, target, 4, &infer_qlinear_binary};
}
constexpr Rule qunary(std::string_view op, Op target) {
  return {op, &map_qlinear_unary, target, 1, &infer_same};
}

constexpr std::array kRules{
    Rule{"MatMulNBits", &map_nbits, Op::linear, 3, &infer_nbits},
    Rule{"MatMulBnb4", &map_nbits, Op::linear, 3, &infer_nbits},
    Rule{"DynamicQuantizeMatMul", &map_dynamic, Op::linear, 3, &infer_dynamic,
         "quantize, then linear or matmul"},
    Rule{"MatMulIntegerToFloat", &map_integer_to_float, Op::linear, 4, &infer_dynamic, "linear or matmul"},
    qbinary("QLinearAdd", Op::add),
    qbinary("QLinearMul", Op::mul),
    qunary("QLinearSigmoid", Op::sigmoid),
    qunary("QLinearLeakyRelu", Op::leaky_relu),
    Rule{"QLinearSoftmax", &map_qlinear_softmax, Op::softmax, 1, &infer_same},
    Rule{"QLinearConcat", &map_qlinear_concat, Op::concat, 3, &infer_qlinear_concat},
    Rule{"QLinearGlobalAveragePool", &map_qlinear_pool, Op::adaptive_avg_pool, 1, &infer_qlinear_pool},
};

}  // namespace

std::span<const Rule> contrib_quantised_rules() { return kRules; }

}  // namespace alidade::onnx_file
