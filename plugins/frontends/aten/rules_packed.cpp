// Products with weights of few bits, packed in a layout of the kernel's own, of PyTorch, torchao and
// bitsandbytes.
#include <algorithm>
#include <array>
#include <optional>

#include "rules.hpp"

namespace alidade::aten {
namespace {

constexpr std::string_view kWeightNames[] = {"mat2", "packed_weights", "weight", "B", "CB"};

ValueId packed_weight(Operation& o) {
  for (const auto name : kWeightNames)
    if (o.has(name)) return o.tensor(name);
  return {};
}

template <class Figure>
std::int64_t figure(const std::optional<Figure>& f) {
  return f && f->get() ? static_cast<std::int64_t>(*f->get()) : 0;
}

/// The width of each of so many elements in the bytes of a packed weight; unknown where they have no room.
Dtype width(const Operation& o, const TensorType& stored, std::int64_t elements) {
  if (figure(stored.elements()) == elements) return stored.dtype;
  const auto bytes = figure(stored.size_bytes());
  if (o.base().contains('4')) return bytes >= elements / 2 ? Dtype::u4 : Dtype::unknown;
  return bytes >= elements ? Dtype::i8 : Dtype::unknown;
}

/// Gives a stored weight the shape that it stands for, at the width it is stored with; what its bytes hold
/// beside, scales and padding, becomes a value of its own. False where that cannot be.
bool unpack(Operation& o, ValueId weight, std::span<const Dim> dims, ValueId& beside) {
  auto& draft = o.draft();
  const auto stored = draft.type(weight);
  const TensorType meant = draft.types[draft.types.make(Dtype::u8, dims)];
  const auto elements = figure(meant.elements());
  const Dtype dtype = elements > 0 ? width(o, stored, elements) : Dtype::unknown;
  if (dtype == Dtype::unknown || !draft.is_weight(weight)) return false;
  const auto before = figure(stored.size_bytes());
  draft.retype(weight, draft.types.make(dtype, dims));
  const auto now = figure(draft.type(weight).size_bytes());
  if (before <= now) return true;
  const Dim rest[] = {Dim(before - now)};
  beside = draft.value(ValueKind::constant, "packed_beside", draft.types.make(Dtype::u8, rest));
  return true;
}

void opaque(Operation& o) {
  o.draft().note_opaque(o.foreign());
  o.draft().builder.unbounded(o.emit(Op::opaque, o.every_tensor()), Unbounded::weights);
}

/// x, weight, bias, then everything else that is read: scales, zero points, code books.
void product(Operation& o, Op op) {
  const ValueId x = first_operand(o), weight = packed_weight(o), bias = o.tensor("bias");
  const auto made = o.draft().types[o.result_type()];
  if (!x.valid() || !weight.valid() || o.rank(x) < 1 || made.rank() < 1) return opaque(o);
  const std::array dims{made.dims.back(), o.type(x).dims.back()};
  ValueId beside;
  if (!unpack(o, weight, dims, beside)) return opaque(o);
  std::vector<ValueId> inputs{x, weight, bias};
  for (const ValueId v : o.every_tensor())
    if (std::ranges::find(inputs, v) == inputs.end()) inputs.push_back(v);
  if (beside.valid()) inputs.push_back(beside);
  o.emit(op, inputs, MatmulAttrs{0, 1});
}

/// A weight of four bits or eight as floats: its reader takes it at its own width.
void dequantize(Operation& o, Op op) {
  const auto made = o.draft().types[o.result_type()];
  ValueId beside;
  if (o.draft().is_weight(first_operand(o))) (void)unpack(o, first_operand(o), made.dims, beside);
  o.emit(op, o.every_tensor(), QuantAttrs{});
}

void quantize(Operation& o, Op op) { o.emit(op, std::array{first_operand(o)}, QuantAttrs{}); }

/// Least and greatest, from which a scale and a zero point follow.
void range(Operation& o, Op op) {
  o.step(op, {first_operand(o)}, o.result_type(), "least");
  o.emit(op, {first_operand(o)});
}

constexpr Rule kRules[] = {
    {"_weight_int8pack_mm", Op::linear, product},
    {"_weight_int4pack_mm", Op::linear, product},
    {"_weight_int4pack_mm_for_cpu", Op::linear, product},
    {"_weight_int4pack_mm_with_scales_and_zeros", Op::linear, product},
    {"_dyn_quant_matmul_4bit", Op::linear, product},
    {"torchao.float8_linear_cpu", Op::linear, product},
    {"bitsandbytes.gemv_4bit", Op::linear, product},
    {"bitsandbytes.gemm_4bit", Op::linear, product},
    {"bitsandbytes.int8_linear_matmul", Op::linear, product},
    {"bitsandbytes.int8_scaled_mm", Op::linear, product},
    {"bitsandbytes.int8_mixed_scaled_mm", Op::linear, product},
    {"bitsandbytes.dequantize_4bit", Op::dequantize, dequantize},
    {"bitsandbytes.dequantize_blockwise", Op::dequantize, dequantize},
    {"bitsandbytes.int8_vectorwise_dequant", Op::dequantize, dequantize},
    {"bitsandbytes.int8_mm_dequant", Op::dequantize, dequantize},
    {"torchao.dequantize_affine_float8_non_decomposed", Op::dequantize, dequantize},
    {"bitsandbytes.quantize_4bit", Op::quantize, quantize},
    {"bitsandbytes.quantize_blockwise", Op::quantize, quantize},
    {"bitsandbytes.int8_double_quant", Op::quantize, quantize},
    {"bitsandbytes.int8_vectorwise_quant", Op::quantize, quantize},
    {"torchao.quantize_affine_float8_non_decomposed", Op::quantize, quantize},
    {"torchao.choose_qparams_affine", Op::reduce, range},
    {"torchao.choose_scale_float8", Op::reduce, range},
    {"quantized_decomposed.choose_qparams", Op::reduce, range},
    {"quantized_decomposed.choose_qparams_symmetric", Op::reduce, range},
    {"quantized_decomposed.choose_qparams_per_token", Op::reduce, range},
    {"quantized_decomposed.choose_qparams_per_token_asymmetric", Op::reduce, range},
    {"quantized_decomposed._choose_qparams_per_token_asymmetric_impl", Op::reduce, range},
};

}  // namespace

std::span<const Rule> packed_rules() { return kRules; }

}  // namespace alidade::aten
