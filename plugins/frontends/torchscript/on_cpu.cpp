#include "on_cpu.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "exchange.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;
using Values = std::vector<IValue>;

constexpr std::int64_t kMostElements = std::int64_t{1} << 26;

/// Whether numbers in the tensors, which nobody has here, decide the dimensions of the result.
bool data_decide(std::string_view name) {
  static const std::set<std::string_view> kNames{"aten::nonzero",
                                                 "aten::argwhere",
                                                 "aten::masked_select",
                                                 "aten::index",
                                                 "aten::unique_dim",
                                                 "aten::_unique",
                                                 "aten::unique_consecutive",
                                                 "aten::_unique2",
                                                 "aten::bincount",
                                                 "aten::histogramdd",
                                                 "aten::repeat_interleave",
                                                 "aten::segment_reduce",
                                                 "aten::to_sparse",
                                                 "aten::_to_sparse",
                                                 "torchvision::nms",
                                                 "aten::item",
                                                 "aten::unique_dim_consecutive"};
  return kNames.contains(name);
}

/// A number that comes out of made-up numbers means nothing.
bool makes_tensors(const torch::jit::Node& node) {
  return std::ranges::all_of(node.outputs(), [](const torch::jit::Value* v) {
    const auto list = v->type()->cast<c10::ListType>();
    return (list ? list->getElementType() : v->type())->isSubtypeOf(*c10::TensorType::get());
  });
}

bool too_large(const Values& inputs) {
  std::int64_t elements = 0;
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) { elements += t.is_meta() ? t.numel() : 0; });
  return elements > kMostElements;
}

/// Ones are numbers that roots, logarithms and probabilities can be taken of; zero is an index into anything.
at::Tensor ones_or_zeros(const at::Tensor& t) {
  const auto options = at::TensorOptions(t.scalar_type());
  return t.is_floating_point() || t.is_complex() ? at::ones(t.sizes(), options)
                                                 : at::zeros(t.sizes(), options);
}

}  // namespace

Values in_memory(const torch::jit::Node& node, const Values& inputs, const Fill& fill) {
  const auto& formal = node.schema().arguments();
  Values values;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].isDevice() || (i < formal.size() && formal[i].name() == "device"))
      values.emplace_back();
    else
      values.push_back(
          with_tensors(inputs[i], [&](const at::Tensor& t) { return t.is_meta() ? fill(t) : t; }));
  return values;
}

std::optional<Values> run_on_cpu(torch::jit::Node& node, const Values& inputs) {
  const auto* schema = node.maybeSchema();
  if (!schema || !node.maybeOperator() || data_decide(schema->name()) || too_large(inputs))
    return std::nullopt;
  if (schema->is_mutable() || !makes_tensors(node)) return std::nullopt;
  try {
    auto stack = in_memory(node, inputs, ones_or_zeros);
    node.getOperation()(stack);
    for (auto& made : stack) made = with_tensors(made, [](const at::Tensor& t) { return on_meta(t); });
    return stack;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace alidade::torchscript
