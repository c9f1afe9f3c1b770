#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph_draft.hpp"

namespace alidade::aten {

/// One operation of a file on its way into the graph: its arguments by the names of the operator's schema,
/// and the ways to add nodes that stand for it. Each file format says where arguments and results come from.
class Operation {
 public:
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  /// "aten.conv2d.default" or "aten::conv2d", and its parts.
  [[nodiscard]] const std::string& foreign() const { return foreign_; }
  [[nodiscard]] std::string_view space() const;
  [[nodiscard]] std::string_view base() const;
  [[nodiscard]] std::string_view overload() const;

  // Arguments. An absent one, or one that is none, gives the fallback, nothing, or an invalid value.
  [[nodiscard]] virtual std::size_t arguments() const = 0;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] ValueId tensor(std::string_view name) {
    const auto at = find(name);
    return at ? tensor_at(*at) : ValueId();
  }
  [[nodiscard]] std::vector<ValueId> tensors(std::string_view name) {
    const auto at = find(name);
    return at ? tensors_at(*at) : std::vector<ValueId>{};
  }
  [[nodiscard]] std::vector<ValueId> every_tensor();  ///< of all arguments, in order; absent ones left out
  /// The tensor, or a constant for the number that stands in its place.
  [[nodiscard]] ValueId operand(std::string_view name) {
    const auto at = find(name);
    return at ? operand_at(*at) : ValueId();
  }
  [[nodiscard]] ValueId operand(std::size_t position) {
    return position < arguments() ? operand_at(position) : ValueId();
  }
  /// Nothing unless the file states the number (or the bindings decide it).
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const {
    const auto at = find(name);
    return at ? number_at(*at) : std::nullopt;
  }
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback) const {
    return number(name).value_or(fallback);
  }
  /// Of one number, a list of one; undecided ones are -1. Flags are 0 and 1.
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;  ///< entries of a list
  [[nodiscard]] std::optional<double> real(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name, bool fallback) const;
  [[nodiscard]] std::string_view word(std::string_view name) const;

  /// The weight of a linear layer: the value, and whether the operator reads it transposed (nn.Linear
  /// decomposed).
  [[nodiscard]] std::pair<ValueId, bool> weight(std::string_view name) {
    const auto at = find(name);
    return at ? weight_at(*at) : std::pair(ValueId(), false);
  }

  // What is known of values
  [[nodiscard]] const TensorType& type(ValueId v) const { return draft_.type(v); }
  [[nodiscard]] int rank(ValueId v) const { return v.valid() ? static_cast<int>(type(v).rank()) : 0; }
  [[nodiscard]] std::int64_t axis(ValueId of, std::int64_t dim) const;  ///< counted from the front
  [[nodiscard]] std::vector<std::int64_t> axes(ValueId of, std::string_view name) const;
  [[nodiscard]] GraphDraft& draft() const { return draft_; }
  [[nodiscard]] virtual std::size_t results() const = 0;
  [[nodiscard]] virtual TypeId result_type(std::size_t position = 0) = 0;

  // Nodes
  /// The node that makes all results of the operation.
  NodeId emit(Op op, std::span<const ValueId> inputs);
  NodeId emit(Op op, std::initializer_list<ValueId> inputs) {
    return emit(op, std::span(inputs.begin(), inputs.size()));
  }
  template <class Inputs, class A>
  NodeId emit(Op op, const Inputs& inputs, const A& attrs) {
    const NodeId n = emit(op, inputs);
    draft_.builder.attrs(n, attrs);
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
  /// A node before it that makes several.
  std::vector<ValueId> steps(Op op, std::span<const ValueId> inputs, std::span<const TypeId> types,
                             std::string_view suffix);
  /// Lets a value that a step made be one of the results.
  void give(std::size_t result, ValueId value) { define(result, value); }
  /// The one result is the transpose of a weight; a node is added only if somebody needs it as such.
  virtual void leave_transposed(ValueId weight) = 0;
  /// From here on, the tensor that the operation changed in place is its first result.
  void rebind(std::string_view name);

 protected:
  explicit Operation(GraphDraft& draft) : draft_(draft) {}
  void call(std::string foreign) { foreign_ = std::move(foreign); }

  /// Where the argument of that name stands; nothing when it is absent or none.
  [[nodiscard]] virtual std::optional<std::size_t> find(std::string_view name) const = 0;
  [[nodiscard]] virtual ValueId tensor_at(std::size_t position) = 0;
  [[nodiscard]] virtual std::vector<ValueId> tensors_at(std::size_t position) = 0;
  [[nodiscard]] virtual ValueId operand_at(std::size_t position) = 0;
  [[nodiscard]] virtual std::optional<std::int64_t> number_at(std::size_t position) const = 0;
  [[nodiscard]] virtual std::optional<std::vector<std::int64_t>> integers_at(std::size_t position) const = 0;
  [[nodiscard]] virtual std::size_t count_at(std::size_t position) const = 0;
  [[nodiscard]] virtual std::optional<double> real_at(std::size_t position) const = 0;
  [[nodiscard]] virtual std::optional<bool> flag_at(std::size_t position) const = 0;
  [[nodiscard]] virtual std::string_view word_at(std::size_t position) const = 0;
  [[nodiscard]] virtual std::pair<ValueId, bool> weight_at(std::size_t position) = 0;

  [[nodiscard]] virtual std::string node_name() const = 0;
  [[nodiscard]] virtual std::string result_name(std::size_t position) const = 0;
  virtual void define(std::size_t result, ValueId value) = 0;
  /// Gives a node its line and its module.
  virtual void place(NodeId node, std::span<const ValueId> inputs) = 0;
  /// Lets an argument stand for the first result: what it stood for before, and does now. Nothing where it is
  /// no tensor, or there is no result.
  virtual std::optional<std::pair<ValueId, ValueId>> exchange(std::size_t position) = 0;

 private:
  GraphDraft& draft_;
  std::string foreign_;
};

/// A number as a constant's name has it: "0.5", "-inf".
[[nodiscard]] std::string written(double number);
/// The type of a number that stands beside a tensor of type `beside`, as PyTorch promotes it.
[[nodiscard]] Dtype scalar_beside(Dtype beside, bool truth, bool whole);

}  // namespace alidade::aten
