#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scope.hpp"
#include "weave.hpp"

namespace alidade::dynamo {

/// One node of the file on its way into the graph: its arguments by the names of the operator's schema, and
/// the ways to add nodes that stand for it. What is wrong with an argument becomes the JSON text's complaint.
class Operation {
 public:
  Operation(Weave& weave, Scope& scope, JsonValue node);

  /// "aten.conv2d.default", and its parts.
  [[nodiscard]] const std::string& foreign() const { return foreign_; }
  [[nodiscard]] std::string_view space() const;
  [[nodiscard]] std::string_view base() const;
  [[nodiscard]] std::string_view overload() const;
  [[nodiscard]] std::string_view name() const { return name_; }

  // Arguments. An absent one, or one that is none, gives the fallback, nothing, or an invalid value.
  [[nodiscard]] std::size_t arguments() const { return arguments_.size(); }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] ValueId tensor(std::string_view name) { return has(name) ? tensor(*find(name)) : ValueId(); }
  [[nodiscard]] std::vector<ValueId> tensors(std::string_view name) {
    return has(name) ? tensors(*find(name)) : std::vector<ValueId>{};
  }
  [[nodiscard]] std::vector<ValueId> every_tensor();  ///< of all arguments, in order; absent ones left out
  /// The tensor, or a constant for the number that stands in its place.
  [[nodiscard]] ValueId operand(std::string_view name) {
    return has(name) ? operand(*find(name)) : ValueId();
  }
  [[nodiscard]] ValueId operand(std::size_t position) {
    return position < arguments_.size() ? operand(arguments_[position]) : ValueId();
  }
  /// Nothing unless the file states the number (or the bindings decide it).
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback) const {
    return number(name).value_or(fallback);
  }
  [[nodiscard]] std::vector<std::int64_t> integers(
      std::string_view name) const;  ///< of one number, a list of one; undecided ones are -1
  [[nodiscard]] std::size_t count(std::string_view name) const;  ///< entries of a list
  [[nodiscard]] std::optional<double> real(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name, bool fallback) const;
  [[nodiscard]] std::string_view word(std::string_view name) const;

  /// The weight of a linear layer: the value, and whether the operator reads it transposed (nn.Linear
  /// decomposed).
  [[nodiscard]] std::pair<ValueId, bool> weight(std::string_view name);

  // What is known of values
  [[nodiscard]] const TensorType& type(ValueId v) const { return weave_.type(v); }
  [[nodiscard]] int rank(ValueId v) const { return v.valid() ? static_cast<int>(type(v).rank()) : 0; }
  [[nodiscard]] std::int64_t axis(ValueId of, std::int64_t dim) const;  ///< counted from the front
  [[nodiscard]] std::vector<std::int64_t> axes(ValueId of, std::string_view name) const;
  [[nodiscard]] Weave& weave() { return weave_; }
  [[nodiscard]] TypeId result_type(std::size_t position = 0);
  [[nodiscard]] std::size_t results() const { return results_.size(); }

  // Nodes
  /// The node that makes all results of the operation.
  NodeId emit(Op op, std::span<const ValueId> inputs);
  NodeId emit(Op op, std::initializer_list<ValueId> inputs) {
    return emit(op, std::span(inputs.begin(), inputs.size()));
  }
  template <class Inputs, class A>
  NodeId emit(Op op, const Inputs& inputs, const A& attrs) {
    const NodeId n = emit(op, inputs);
    weave_.builder.attrs(n, attrs);
    return n;
  }
  template <class A>
  NodeId emit(Op op, std::initializer_list<ValueId> inputs, const A& attrs) {
    return emit<std::initializer_list<ValueId>, A>(op, inputs, attrs);
  }
  /// A node before it that makes one value on the way; its name ends in `suffix`.
  ValueId step(Op op, std::span<const ValueId> inputs, TypeId type, std::string_view suffix);
  ValueId step(Op op, std::initializer_list<ValueId> inputs, TypeId type, std::string_view suffix) {
    return step(op, std::span(inputs.begin(), inputs.size()), type, suffix);
  }
  /// The one result is the transpose of a weight; a node is added only if somebody needs it as such.
  void leave_transposed(ValueId weight);
  /// The results are values that exist already.
  void define(std::span<const ValueId> values);
  /// From here on, the tensor that the operation changed in place is its first result.
  void rebind(std::string_view name);
  void complain(std::string what, std::string fix = {}, Fault fault = Fault::model) const {
    node_.complain(std::move(what), std::move(fix), fault);
  }

 private:
  friend class HigherOrder;
  struct Argument {
    std::string_view name, tag;  ///< "weight", "as_tensor"
    JsonValue value;
  };
  [[nodiscard]] const Argument* find(std::string_view name) const;
  [[nodiscard]] ValueId named(JsonValue name);
  [[nodiscard]] ValueId tensor(const Argument& argument);
  [[nodiscard]] std::vector<ValueId> tensors(const Argument& argument);
  [[nodiscard]] ValueId operand(const Argument& argument);
  [[nodiscard]] ValueId written_out(Meaning& meaning, std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> decided(JsonValue sym_int_argument) const;
  [[nodiscard]] Dtype scalar_type(std::string_view tag) const;
  /// Gives a node its line and its module: the file's, or the one that a weight among its operands belongs
  /// to.
  void place(NodeId n, std::span<const ValueId> inputs);

  Weave& weave_;
  Scope& scope_;
  JsonValue node_, metadata_;
  std::string foreign_;
  std::string_view name_;
  std::vector<Argument> arguments_;
  std::vector<std::string_view> results_;
  ModuleId module_;
  SourceId source_;
};

}  // namespace alidade::dynamo
