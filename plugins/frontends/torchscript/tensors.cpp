#include "tensors.hpp"

#include <algorithm>

#include "aten/operation.hpp"

namespace alidade::torchscript {
namespace {

struct Pair {
  c10::ScalarType theirs;
  Dtype ours;
};
constexpr Pair kDtypes[] = {{c10::kByte, Dtype::u8},
                            {c10::kChar, Dtype::i8},
                            {c10::kShort, Dtype::i16},
                            {c10::kInt, Dtype::i32},
                            {c10::kLong, Dtype::i64},
                            {c10::kHalf, Dtype::f16},
                            {c10::kFloat, Dtype::f32},
                            {c10::kDouble, Dtype::f64},
                            {c10::kComplexHalf, Dtype::c32},
                            {c10::kComplexFloat, Dtype::c64},
                            {c10::kComplexDouble, Dtype::c128},
                            {c10::kBool, Dtype::boolean},
                            {c10::kBFloat16, Dtype::bf16},
                            {c10::kFloat8_e4m3fn, Dtype::f8e4m3},
                            {c10::kFloat8_e5m2, Dtype::f8e5m2},
                            {c10::kUInt16, Dtype::u16},
                            {c10::kUInt32, Dtype::u32},
                            {c10::kUInt64, Dtype::u64},
                            {c10::kQInt8, Dtype::i8},
                            {c10::kQUInt8, Dtype::u8},
                            {c10::kQInt32, Dtype::i32}};

std::string number_text(const at::Tensor& number) {
  const auto scalar = number.item();
  if (scalar.isFloatingPoint()) return aten::written(scalar.toDouble());
  if (scalar.isComplex()) return "complex";
  return std::to_string(scalar.isBoolean() ? static_cast<std::int64_t>(scalar.toBool()) : scalar.toLong());
}

}  // namespace

Dtype dtype_of(c10::ScalarType type) {
  const auto* found = std::ranges::find(kDtypes, type, &Pair::theirs);
  return found == std::end(kDtypes) ? Dtype::unknown : found->ours;
}
std::optional<c10::ScalarType> scalar_type_of(Dtype dtype) {
  const auto* found = std::ranges::find(kDtypes, dtype, &Pair::ours);
  return found == std::end(kDtypes) ? std::nullopt : std::optional(found->theirs);
}

std::optional<std::vector<Dim>> Tensors::dims(const at::Tensor& tensor) const {
  if (const auto vague = vague_.find(key(tensor)); vague != vague_.end()) return vague->second.dims;
  std::vector<Dim> dims;
  for (const auto size : tensor.sizes()) dims.emplace_back(size);
  return dims;
}

TypeId Tensors::type(const at::Tensor& tensor) {
  const auto dtype = dtype_of(tensor.scalar_type());
  const auto sizes = dims(tensor);
  return sizes ? draft_.types.make(dtype, *sizes) : draft_.types.unranked(dtype);
}

at::Tensor Tensors::make(c10::ScalarType type, std::optional<std::vector<Dim>> dims) {
  const auto on_meta = at::TensorOptions(type).device(at::kMeta);
  if (dims && std::ranges::all_of(*dims, &Dim::is_known)) {
    std::vector<std::int64_t> sizes;
    for (const Dim d : *dims) sizes.push_back(d.size());
    return at::empty(sizes, on_meta);
  }
  const auto tensor = at::empty({0}, on_meta);
  vague_[key(tensor)] = {tensor, std::move(dims)};
  return tensor;
}

at::Tensor Tensors::twin(const at::Tensor& tensor) { return make(tensor.scalar_type(), dims(tensor)); }

at::Tensor Tensors::common(const at::Tensor& a, const at::Tensor& b) {
  auto first = dims(a);
  const auto second = dims(b);
  const auto type = a.scalar_type() == b.scalar_type() ? a.scalar_type() : at::kFloat;
  if (!first || !second || first->size() != second->size()) return make(type, std::nullopt);
  for (std::size_t i = 0; i < first->size(); ++i)
    if ((*first)[i] != (*second)[i]) (*first)[i] = Dim();
  return make(type, std::move(first));
}

const Parts* Tensors::parts(const c10::IValue& value) const {
  if (!value.isObject()) return nullptr;
  const auto found = packed_.find(value.toObject().get());
  return found == packed_.end() ? nullptr : &found->second;
}

const c10::IValue* Tensors::part(const c10::IValue& value, std::string_view name) const {
  const auto* all = parts(value);
  const auto found = all ? std::ranges::find(*all, name, &Part::name) : Parts::const_iterator();
  return all && found != all->end() ? &found->value : nullptr;
}

ValueId Tensors::constant(const at::Tensor& tensor) {
  if (is_number(tensor)) return draft_.scalar(dtype_of(tensor.scalar_type()), number_text(tensor));
  const bool weight = tensor.is_floating_point() && tensor.dim() > 0;
  const auto kind = weight ? constants_ : ValueKind::constant;
  const auto name = "constant_" + std::to_string(constant_count_++);
  const auto value = draft_.value(kind, name, type(tensor));
  define(tensor, value);
  return value;
}

/// Adds the transposition that was put off.
ValueId Tensors::written_out(const at::Tensor& tensor, Held held) {
  const auto& permuted = *held.permuted;
  const NodeId n = draft_.node(Op::transpose, permuted.name, permuted.foreign, std::span(&held.value, 1));
  draft_.builder.module(n, permuted.module);
  const auto value = draft_.result(permuted.name, type(tensor));
  draft_.builder.attrs(
      n, PermAttrs{draft_.builder.ints(aten::last_two_swapped(static_cast<int>(tensor.dim())))});
  define(tensor, value);
  return value;
}

ValueId Tensors::value(const at::Tensor& tensor) {
  const auto held = held_.find(key(tensor));
  if (held == held_.end()) return constant(tensor);
  return held->second.permuted ? written_out(tensor, held->second) : held->second.value;
}

std::pair<ValueId, bool> Tensors::weight(const at::Tensor& tensor) {
  const auto held = held_.find(key(tensor));
  if (held != held_.end() && held->second.permuted) return {held->second.value, true};
  return {value(tensor), false};
}

}  // namespace alidade::torchscript
