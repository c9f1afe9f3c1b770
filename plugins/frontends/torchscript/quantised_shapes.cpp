// What the operators on quantised numbers make. None of them has a kernel for tensors without elements.
#include <algorithm>
#include <set>

#include "operator_arguments.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;

/// The last dimension is the rows of the weight.
Shapes layer(const OperatorArguments& g) {
  auto x = g.first();
  const auto weight = g.dims("weight");
  if (!x || x->empty() || !weight || weight->empty()) return {std::nullopt};
  x->back() = weight->front();
  return {x};
}

/// The sizes of two tensors side by side; where one is a number, those of the other.
Shapes concatenated(const OperatorArguments& g) {
  auto a = g.first(), b = g.second();
  if (!a || !b) return {a ? a : b};
  if (a->size() < b->size()) std::swap(a, b);
  for (std::size_t i = 0; i < b->size(); ++i) {
    auto& size = (*a)[a->size() - 1 - i];
    if (const Dim other = (*b)[b->size() - 1 - i]; size == Dim(1)) size = other;
  }
  return {a};
}

Shapes product(const OperatorArguments& g) {
  auto a = g.first();
  const auto b = g.second();
  if (!a || !b || a->empty() || b->empty()) return {std::nullopt};
  a->back() = b->back();
  return {a};
}

/// A row of the table for each index.
Shapes looked_up(const OperatorArguments& g) {
  auto indices = g.dims("indices");
  const auto table = g.dims("weight");
  if (!indices || !table || table->size() != 2) return {std::nullopt};
  indices->push_back(table->back());
  return {indices};
}
/// A row for each bag: a row of indices, or a place where one begins.
Shapes looked_up_in_bags(const OperatorArguments& g) {
  const auto indices = g.dims("indices"), table = g.dims("weight"), offsets = g.dims("offsets");
  if (!indices || indices->empty() || !table || table->size() != 2) return {std::nullopt};
  Dim bags = offsets && !offsets->empty() ? offsets->front() : indices->front();
  if (offsets && g.flag("include_last_offset") && bags.is_known()) bags = Dim(bags.size() - 1);
  return {std::vector{bags, table->back()}};
}

/// Each state as it was.
Shapes states(const OperatorArguments& g) {
  const auto* hx = g.find("hx");
  if (!hx || !hx->isList()) return {hx ? g.sizes_of(*hx) : std::nullopt};
  Shapes all;
  for (const IValue& state : hx->toListRef()) all.push_back(g.sizes_of(state));
  return all;
}

/// Operators of the namespace quantized, by what they make.
struct Family {
  Shapes (*rule)(const OperatorArguments&);
  std::vector<std::string_view> names;
};
const Family kFamilies[] = {
    {&convolution_shape,
     {"conv1d", "conv2d", "conv3d", "conv1d_relu", "conv2d_relu", "conv3d_relu", "conv2d_add",
      "conv2d_add_relu", "conv1d_dynamic", "conv2d_dynamic", "conv3d_dynamic", "conv_transpose1d",
      "conv_transpose2d", "conv_transpose3d", "conv_transpose1d_dynamic", "conv_transpose2d_dynamic",
      "conv_transpose3d_dynamic"}},
    {&layer,
     {"linear", "linear_relu", "linear_leaky_relu", "linear_tanh", "linear_dynamic", "linear_relu_dynamic",
      "linear_dynamic_fp16", "linear_relu_dynamic_fp16"}},
    {&concatenated,
     {"add", "mul", "add_relu", "mul_relu", "add_scalar", "mul_scalar", "add_scalar_relu",
      "mul_scalar_relu"}},
    {&product, {"matmul"}},
    {&joined_shape, {"cat", "cat_relu"}},
    {&looked_up, {"embedding_byte", "embedding_4bit"}},
    {&looked_up_in_bags, {"embedding_bag_byte", "embedding_bag_4bit"}},
    {&states,
     {"quantized_lstm_cell_dynamic", "quantized_gru_cell_dynamic", "quantized_rnn_relu_cell_dynamic",
      "quantized_rnn_tanh_cell_dynamic"}},
    {&same_shape,
     {"batch_norm",
      "batch_norm1d",
      "batch_norm2d",
      "batch_norm3d",
      "batch_norm_relu",
      "batch_norm1d_relu",
      "batch_norm2d_relu",
      "batch_norm3d_relu",
      "layer_norm",
      "group_norm",
      "instance_norm",
      "celu",
      "clamp",
      "dropout",
      "elu",
      "hardswish",
      "leaky_relu",
      "prelu",
      "relu6",
      "sigmoid",
      "softmax",
      "threshold"}},
};

constexpr std::string_view kFloats[] = {"dynamic", "dequantize", "embedding"};

}  // namespace

bool is_quantiser(const c10::FunctionSchema& schema) {
  const std::string_view name = schema.name();
  static const std::set<std::string_view> kNames{"aten::dequantize", "aten::int_repr", "aten::quantized_lstm",
                                                 "aten::quantized_gru"};
  return name.starts_with("quantized::") || name.starts_with("aten::quantize_per_") ||
         name.starts_with("aten::q_") || kNames.contains(name);
}

std::optional<c10::ScalarType> quantised_type(const c10::FunctionSchema& schema,
                                              c10::ArrayRef<IValue> inputs) {
  if (!is_quantiser(schema)) return std::nullopt;
  const auto dtype = schema.argumentIndexWithName("dtype");
  if (dtype && schema.name().starts_with("aten::quantize_per_") && inputs[*dtype].isInt())
    return inputs[*dtype].toScalarType();
  if (schema.name() == "aten::int_repr" && inputs[0].isTensor())
    return c10::toUnderlying(inputs[0].toTensor().scalar_type());
  const bool floats = std::ranges::any_of(
      kFloats, [&](std::string_view word) { return schema.name().find(word) != std::string::npos; });
  return floats ? std::optional(at::kFloat) : std::nullopt;
}

const ShapeRules& quantised_shape_rules() {
  static const ShapeRules kTable = [] {
    ShapeRules rules{{"aten::quantize_per_tensor", &same_shape},
                     {"aten::quantize_per_channel", &same_shape},
                     {"aten::quantize_per_tensor_dynamic", &same_shape},
                     {"aten::dequantize", &same_shape},
                     {"aten::int_repr", &same_shape},
                     {"aten::quantized_lstm", &recurrent_shapes},
                     {"aten::quantized_gru", &recurrent_shapes}};
    for (const auto& [rule, names] : kFamilies)
      for (const std::string_view name : names) rules.emplace("quantized::" + std::string(name), rule);
    return rules;
  }();
  return kTable;
}

}  // namespace alidade::torchscript
