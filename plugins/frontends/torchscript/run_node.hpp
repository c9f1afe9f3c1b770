#pragma once
#include <vector>

#include "libtorch.hpp"
#include "shape_rules.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// Whether an operator handles lists or dictionaries of anything: it does not look into the tensors.
[[nodiscard]] bool is_container(const c10::FunctionSchema& schema);

/// What the node's own operator makes of these inputs, as they are.
[[nodiscard]] std::vector<c10::IValue> run_on(torch::jit::Node& node, std::vector<c10::IValue> stack);

/// Runs an operator of libtorch where no tensor has elements: on the meta device, so that shapes come out
/// exact. Where that is not to be had, a rule answers, the operator itself on numbers that are made up, or
/// the JIT's shape functions; what is left is vague.
class NodeRunner {
 public:
  explicit NodeRunner(Tensors& tensors) : tensors_(tensors) {}
  /// What the node's own operator makes of the inputs. One that refuses them stops the reading; `module` is
  /// where.
  [[nodiscard]] std::vector<c10::IValue> run(torch::jit::Node& node, const std::vector<c10::IValue>& inputs,
                                             const std::string& module);

 private:
  using Values = std::vector<c10::IValue>;
  [[nodiscard]] bool decided(const torch::jit::Node& node, const Values& inputs) const;
  [[nodiscard]] bool vague(const c10::IValue& input) const;
  [[nodiscard]] Values adapted(const torch::jit::Node& node, const Values& inputs, bool numbers_too) const;
  [[nodiscard]] std::vector<Made> made(const torch::jit::Node& node, const Values& inputs) const;
  [[nodiscard]] Values inferred(const torch::jit::Node& node, const Values& inputs);
  [[nodiscard]] std::optional<std::vector<c10::SymbolicShape>> shapes(const torch::jit::Node& node,
                                                                      const Values& inputs) const;
  [[nodiscard]] Values run_on_floats(torch::jit::Node& node, const Values& inputs, const std::string& module,
                                     c10::ScalarType type);
  [[nodiscard]] Values run_decided(torch::jit::Node& node, const Values& inputs, const std::string& module);
  [[nodiscard]] Values run_wholly_on_meta(torch::jit::Node& node, const Values& inputs,
                                          const std::string& module);
  [[nodiscard]] Values without_meta(torch::jit::Node& node, const Values& inputs);
  void ask_for_integers(const Values& inputs) const;
  [[nodiscard]] c10::SymbolicShape shape(const at::Tensor& tensor) const;

  Tensors& tensors_;
};

}  // namespace alidade::torchscript
