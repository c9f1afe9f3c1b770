#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aten/operation.hpp"
#include "graph_draft.hpp"
#include "scope.hpp"

namespace alidade::dynamo {

/// One node of an exported program. What is wrong with an argument becomes the JSON text's complaint.
class JsonOperation final : public aten::Operation {
 public:
  JsonOperation(GraphDraft& draft, ProgramScope& scope, JsonValue node);

  [[nodiscard]] std::size_t arguments() const override { return arguments_.size(); }
  [[nodiscard]] std::size_t results() const override { return results_.size(); }
  [[nodiscard]] TypeId result_type(std::size_t position) override;
  void leave_transposed(ValueId weight) override;
  /// The results are values that exist already.
  void define_all(std::span<const ValueId> values);
  void complain(std::string what, std::string fix = {}, Fault fault = Fault::model) const {
    node_.complain(std::move(what), std::move(fix), fault);
  }

 private:
  friend class HigherOrder;
  friend class Examples;
  struct Argument {
    std::string_view name, tag;  ///< "weight", "as_tensor"
    JsonValue value;
  };
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const override;
  [[nodiscard]] ValueId tensor_at(std::size_t position) override;
  [[nodiscard]] std::vector<ValueId> tensors_at(std::size_t position) override;
  [[nodiscard]] ValueId operand_at(std::size_t position) override;
  [[nodiscard]] std::optional<std::int64_t> number_at(std::size_t position) const override;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers_at(std::size_t position) const override;
  [[nodiscard]] std::size_t count_at(std::size_t position) const override {
    return arguments_[position].value.size();
  }
  [[nodiscard]] std::optional<double> real_at(std::size_t position) const override;
  [[nodiscard]] std::optional<bool> flag_at(std::size_t position) const override;
  [[nodiscard]] std::string_view word_at(std::size_t position) const override;
  [[nodiscard]] std::pair<ValueId, bool> weight_at(std::size_t position) override;
  [[nodiscard]] std::string node_name() const override { return scope_.named(name_); }
  [[nodiscard]] std::string result_name(std::size_t position) const override {
    return scope_.named(results_[position]);
  }
  void define(std::size_t result, ValueId value) override { scope_.define(results_[result], {value}); }
  /// Its module is the file's, or the one that a weight among its operands belongs to.
  void place(NodeId n, std::span<const ValueId> inputs) override;
  std::optional<std::pair<ValueId, ValueId>> exchange(std::size_t position) override;

  [[nodiscard]] ValueId named(JsonValue name);
  [[nodiscard]] ValueId written_out(Meaning& meaning, std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> decided(JsonValue sym_int_argument) const;
  [[nodiscard]] Dtype scalar_type(std::string_view tag) const;

  GraphDraft& program_;
  ProgramScope& scope_;
  JsonValue node_, metadata_;
  std::string_view name_;
  std::vector<Argument> arguments_;
  std::vector<std::string_view> results_;
  ModuleId module_;
  SourceId source_;
};

}  // namespace alidade::dynamo
