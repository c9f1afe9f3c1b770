#pragma once
#include <string>
#include <vector>

#include "aten/operation.hpp"
#include "libtorch.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// One node of TorchScript that has run: what it was given, and what it made.
struct Ran {
  const torch::jit::Node& node;
  const std::vector<c10::IValue>& inputs;
  std::vector<at::Tensor> results;  ///< undefined ones left out
  std::string name;                 ///< "conv2d_1"
  ModuleId module;
  SourceId source;  ///< none where the file does not say
};

/// The same as the shared table of ATen's operators asks for it.
class ScriptOperation final : public aten::Operation {
 public:
  ScriptOperation(aten::GraphDraft& draft, Tensors& tensors, const Ran& ran);

  [[nodiscard]] std::size_t arguments() const override { return ran_.inputs.size(); }
  [[nodiscard]] std::size_t results() const override { return ran_.results.size(); }
  [[nodiscard]] TypeId result_type(std::size_t position) override;
  void leave_transposed(ValueId weight) override;

 private:
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const override;
  [[nodiscard]] ValueId tensor_at(std::size_t position) override;
  [[nodiscard]] std::vector<ValueId> tensors_at(std::size_t position) override;
  [[nodiscard]] ValueId operand_at(std::size_t position) override;
  [[nodiscard]] std::optional<std::int64_t> number_at(std::size_t position) const override;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers_at(std::size_t position) const override;
  [[nodiscard]] std::size_t count_at(std::size_t position) const override;
  [[nodiscard]] std::optional<double> real_at(std::size_t position) const override;
  [[nodiscard]] std::optional<bool> flag_at(std::size_t position) const override;
  [[nodiscard]] std::string_view word_at(std::size_t position) const override;
  [[nodiscard]] std::pair<ValueId, bool> weight_at(std::size_t position) override;
  [[nodiscard]] std::string node_name() const override { return ran_.name; }
  [[nodiscard]] std::string result_name(std::size_t position) const override;
  void define(std::size_t result, ValueId value) override { tensors_.define(ran_.results[result], value); }
  void place(NodeId n, std::span<const ValueId> inputs) override;
  std::optional<std::pair<ValueId, ValueId>> exchange(std::size_t position) override;

  [[nodiscard]] Dtype beside() const;
  void add_packed(const c10::IValue& object, std::vector<ValueId>& list);

  Tensors& tensors_;
  const Ran& ran_;
  const c10::FunctionSchema& schema_;
  std::vector<c10::IValue> arguments_;  ///< what was given, then the parts of packed weights
  std::vector<std::string> part_names_;
  ValueId changed_;  ///< what the first argument was before the operator ran
};

}  // namespace alidade::torchscript
