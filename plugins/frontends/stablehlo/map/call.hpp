#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reading.hpp"

namespace alidade::stablehlo {

using Names = std::initializer_list<std::string_view>;
using Integers = std::vector<std::int64_t>;

struct Rule;

/// One operator of the file while it is translated: its operands, its attributes, the nodes it becomes. After
/// the first reject() nothing that it does counts.
class Call {
 public:
  Call(Reading& reading, const Operation& op, const Rule* rule) : r_(reading), op_(op), rule_(rule) {}

  [[nodiscard]] Reading& reading() const { return r_; }
  [[nodiscard]] const Operation& operation() const { return op_; }
  [[nodiscard]] infer::Types& types() const { return r_.types; }
  [[nodiscard]] Op op() const;  ///< of the rule
  [[nodiscard]] std::string_view name() const { return op_.name; }
  [[nodiscard]] std::string_view base() const;  ///< "add" of "stablehlo.add"
  /// The name that its nodes have, that of the file unless another is given.
  [[nodiscard]] std::string_view foreign() const { return foreign_.empty() ? op_.name : foreign_; }
  void foreign(std::string name) { foreign_ = std::move(name); }
  void reject(std::string what, std::string fix = {});
  [[nodiscard]] bool failed() const { return r_.failed(); }

  // Operands
  [[nodiscard]] std::size_t operands() const { return op_.operands.size(); }
  [[nodiscard]] Held& held(std::size_t i) const { return r_.held(op_.operands[i]); }
  [[nodiscard]] ValueId in(std::size_t i) const { return r_.id_of(held(i)); }
  /// Of a tensor that is repeated by a view the smaller one, for operators that broadcast by themselves.
  [[nodiscard]] ValueId unrepeated(std::size_t i) const { return r_.source_of(held(i)); }
  [[nodiscard]] std::vector<ValueId> ins(
      std::size_t first = 0) const;  ///< without tokens, tuples taken apart
  [[nodiscard]] const TensorType& type(std::size_t i) const { return types()[held(i).type]; }
  [[nodiscard]] Shape shape(std::size_t i) const { return types().shape(held(i).type); }
  [[nodiscard]] std::size_t rank(std::size_t i) const { return type(i).rank(); }
  [[nodiscard]] const Literal* literal(std::size_t i) const { return r_.literal(held(i)); }

  // Attributes, under the names of pretty and of generic form; what is no number is rejected
  [[nodiscard]] const Attribute* attribute(Names names) const;
  [[nodiscard]] std::int64_t integer(Names names, std::int64_t fallback);
  [[nodiscard]] std::optional<Integers> integers(Names names);
  [[nodiscard]] Integers integers_of(const Attribute& attribute);
  [[nodiscard]] std::string_view word(Names names, std::string_view fallback = {}) const;
  /// Dimensions of a tensor of that rank, each once; rejected otherwise.
  [[nodiscard]] Integers dimensions(Names names, std::size_t rank);
  bool are_dimensions(const Integers& dims, std::size_t rank);

  // Results
  [[nodiscard]] std::size_t results() const { return op_.results; }
  [[nodiscard]] TypeId result_type(std::size_t k);
  [[nodiscard]] const TensorType& result(std::size_t k) { return types()[result_type(k)]; }
  /// What the operands make of a result; rejected where the file states another shape.
  void settle(std::size_t k, const Shape& shape);
  void settle(std::size_t k, const Result<Shape>& shape);

  // Nodes
  NodeId emit(Op op, std::span<const ValueId> inputs);
  NodeId emit(Op op, std::initializer_list<ValueId> inputs) {
    return emit(op, std::span(inputs.begin(), inputs.size()));
  }
  template <class A>
  NodeId emit(Op op, std::initializer_list<ValueId> inputs, const A& attrs) {
    return with(emit(op, inputs), attrs);
  }
  template <class A>
  NodeId emit(Op op, const std::vector<ValueId>& inputs, const A& attrs) {
    return with(emit(op, std::span(inputs)), attrs);
  }
  /// With its results in another order than the file has them.
  void emit_in_order(Op op, std::span<const ValueId> inputs, std::span<const std::size_t> order);
  /// A node on the way to the result.
  ValueId step(Op op, std::span<const ValueId> inputs, TypeId type, std::string_view what);
  ValueId step(Op op, std::initializer_list<ValueId> inputs, TypeId type, std::string_view what) {
    return step(op, std::span(inputs.begin(), inputs.size()), type, what);
  }
  template <class A>
  ValueId step(Op op, std::initializer_list<ValueId> inputs, TypeId type, std::string_view what,
               const A& attrs) {
    const ValueId made = step(op, inputs, type, what);
    if (last_.valid()) r_.builder.attrs(last_, attrs);
    return made;
  }
  /// The same elements under another shape, without moving them: nothing if it has that shape.
  ValueId view(ValueId x, TypeId from, TypeId to, std::string_view what);
  /// The result is an operand repeated, by a view that is made where it is needed.
  void repeat(ValueId source) { give(0, r_.repeat(op_, source, result_type(0))); }
  void opaque(Unbounded why = Unbounded::no);
  void give(std::size_t k, const Held& held) { r_.held(op_.first_result + static_cast<ValueRef>(k)) = held; }
  [[nodiscard]] Held& made(std::size_t k) const {
    return r_.held(op_.first_result + static_cast<ValueRef>(k));
  }
  [[nodiscard]] IntList list(const Integers& numbers) const { return r_.builder.ints(numbers); }
  [[nodiscard]] std::string_view applied() const;  ///< the one operator of its first region, "stablehlo.add"

 private:
  template <class A>
  NodeId with(NodeId node, const A& attrs) {
    if (node.valid()) r_.builder.attrs(node, attrs);
    return node;
  }

  Reading& r_;
  const Operation& op_;
  const Rule* rule_;
  std::string foreign_;
  std::vector<TypeId> settled_;
  NodeId last_;
};

/// How one operator of the dialect is translated.
struct Rule {
  std::string_view name;
  Op op;
  std::size_t operands;  ///< at least
  void (*map)(Call&);
};
[[nodiscard]] const Rule* rule_of(std::string_view name);

[[nodiscard]] std::span<const Rule> elementwise_rules();
[[nodiscard]] std::span<const Rule> contraction_rules();
[[nodiscard]] std::span<const Rule> convolution_rules();
[[nodiscard]] std::span<const Rule> movement_rules();
[[nodiscard]] std::span<const Rule> reduction_rules();
[[nodiscard]] std::span<const Rule> window_rules();
[[nodiscard]] std::span<const Rule> control_rules();
[[nodiscard]] std::span<const Rule> dynamic_rules();
[[nodiscard]] std::span<const Rule> constant_rules();
[[nodiscard]] std::span<const Rule> custom_call_rules();
[[nodiscard]] std::span<const Rule> normalisation_rules();
[[nodiscard]] std::span<const Rule> other_rules();

/// Works out small contents from known operands: sizes, indices, conditions.
void fold(Call& call);
[[nodiscard]] std::optional<Literal> read_dense(Reading& reading, const Attribute& dense, std::size_t most);

}  // namespace alidade::stablehlo
