// Operators whose shapes libtorch knows only in Python: here by our rules. With these, what is made of them
// runs on the meta device as it is, checks of its arguments and all. They take their arguments boxed, so that
// they fit every libtorch whose schemas have them.
#include "shape_rules.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

void by_rule(const c10::OperatorHandle& op, c10::Stack* stack) {
  const auto& schema = op.schema();
  const auto inputs = torch::jit::last(*stack, schema.arguments().size());
  const auto made = ruled(schema, inputs, nullptr);
  std::vector<at::Tensor> results;
  for (const auto& [type, dims] : made.value()) {
    std::vector<std::int64_t> sizes;
    TORCH_CHECK(dims && std::ranges::all_of(*dims, &Dim::is_known), schema.name(), " takes other dimensions");
    for (const Dim d : *dims) sizes.push_back(d.size());
    results.push_back(at::empty(sizes, at::TensorOptions(type).device(at::kMeta)));
  }
  torch::jit::drop(*stack, schema.arguments().size());
  for (auto& result : results) stack->emplace_back(std::move(result));
}

/// Equal constants are merged when code is compiled; of tensors without elements, only the same one is equal.
void equal(const c10::OperatorHandle&, c10::Stack* stack) {
  const auto both = torch::jit::last(*stack, 2);
  const bool same = both[0].toTensor().is_same(both[1].toTensor());
  torch::jit::drop(*stack, 2);
  stack->emplace_back(same);
}

TORCH_LIBRARY_IMPL(aten, Meta, library) {
  library.impl("equal", torch::CppFunction::makeFromBoxedFunction<&equal>());
  for (const auto* name : {"convolution_overrideable", "native_batch_norm", "native_layer_norm",
                           "native_group_norm", "roll", "scaled_dot_product_attention"})
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&by_rule>());
}

}  // namespace
}  // namespace alidade::torchscript
