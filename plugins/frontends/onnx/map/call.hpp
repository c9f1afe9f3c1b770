#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "read/read_state.hpp"
#include "rules.hpp"

namespace alidade::onnx_file {

/// One operator of the file while it is translated: its operands, its attributes, and the nodes it becomes.
/// The first reject() ends the reading; what is asked for after it is answered with defaults.
class Call {
 public:
  Call(ReadState& reading, NameScope& scope, const Body& body, std::size_t index, const Resolved& resolved,
       AttributeList& attributes, const Rule* rule);

  [[nodiscard]] Text op() const { return node_.op; }
  [[nodiscard]] Text domain() const { return body_.more_of(node_).domain; }
  [[nodiscard]] int opset() const { return opset_; }
  [[nodiscard]] const Rule& rule() const { return *rule_; }
  [[nodiscard]] Types& types() const { return reading_.types; }
  [[nodiscard]] ReadState& reading() const { return reading_; }
  [[nodiscard]] NameScope& scope() const { return scope_; }
  [[nodiscard]] const AttributeList& attributes() const { return attributes_; }
  [[nodiscard]] std::string described() const;
  [[nodiscard]] Text metadata(Text key) const;  ///< empty when the node has no such property
  /// What the node cannot be. It ends the reading, but in a branch that need not be taken it is a note.
  void reject(std::string what);

  // Operands, by their place in the file's operator
  [[nodiscard]] std::size_t inputs() const { return ins_.size(); }
  [[nodiscard]] bool has(std::size_t i) const { return i < ins_.size() && ins_[i] != kNoIndex; }
  [[nodiscard]] ValueId in(std::size_t i);
  [[nodiscard]] std::vector<ValueId> ins(std::size_t first = 0);
  /// Among the values of the reading; kNoIndex for what is left out.
  [[nodiscard]] std::uint32_t index(std::size_t i) const { return has(i) ? ins_[i] : kNoIndex; }
  [[nodiscard]] Value& value(std::size_t i) { return has(i) ? reading_.values[ins_[i]] : absent_; }
  [[nodiscard]] const Origin& origin(std::size_t i) { return reading_.origin(value(i)); }
  [[nodiscard]] TypeId type_id(std::size_t i) const {
    return has(i) ? reading_.values[ins_[i]].type : TypeId();
  }
  [[nodiscard]] TensorType type(std::size_t i) const;
  [[nodiscard]] std::optional<std::int64_t> rank(std::size_t i) const;
  [[nodiscard]] const Literal* literal(std::size_t i) const;
  [[nodiscard]] Shape shape(std::size_t i) const { return types().shape(type_id(i)); }
  [[nodiscard]] Dtype dtype(std::size_t i) const { return type(i).dtype; }
  /// The contents of an operand that lists numbers: those that are known, and an unknown one for every other
  /// of as many as its shape says; nothing when not even their number is known.
  [[nodiscard]] std::optional<std::vector<Number>> numbers(std::size_t i) const;
  /// Types and known contents of all operands.
  [[nodiscard]] std::vector<FoldInput> known() const;
  /// The numbers of an operand that the file states, not computes; it can become an attribute.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> stated(std::size_t i) const;
  [[nodiscard]] std::optional<double> stated_real(std::size_t i) const;
  [[nodiscard]] bool is_stored(std::size_t i) const;
  /// Stored, or made from what is stored by casts, transposes and (de)quantisation alone.
  [[nodiscard]] bool is_weight(std::size_t i) const;
  /// The index of the stored value that the operand is, or that its numbers were moved or picked from.
  [[nodiscard]] std::uint32_t stored_source(std::size_t i) const;
  ValueId weight(std::size_t i);  ///< the operand, counted as trained
  ValueId buffer(std::size_t i);  ///< the operand, counted as stored but not trained

  // Attributes; a wrong type is rejected
  [[nodiscard]] bool has_attribute(Text name) const { return attributes_.find(name) != nullptr; }
  [[nodiscard]] std::int64_t integer(Text name, std::int64_t fallback);
  [[nodiscard]] double real(Text name, double fallback);
  [[nodiscard]] Text word(Text name, Text fallback);
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(Text name);
  [[nodiscard]] std::vector<double> reals(Text name);
  [[nodiscard]] Text graph(Text name);
  /// An axis in [0, rank); rejected when it is out of range. Negative ones count from the end.
  [[nodiscard]] std::int64_t axis(std::int64_t axis, std::optional<std::int64_t> rank);
  /// Axes, normalised; unknown ranks leave negative axes as they are.
  [[nodiscard]] std::vector<std::int64_t> axes(std::vector<std::int64_t> axes,
                                               std::optional<std::int64_t> rank);

  // Results
  [[nodiscard]] std::size_t outputs() const { return outs_.size(); }
  [[nodiscard]] bool has_output(std::size_t k) const { return k < outs_.size() && outs_[k] != kNoIndex; }
  [[nodiscard]] TypeId out_type(std::size_t k) const;
  /// From an infer step. Where the file states a type, too, what is known beats what is not; a contradiction
  /// is noted, and what the operands make counts.
  void set_type(std::size_t k, TypeId type);
  /// The same from a shape function; operands that contradict each other are kept as the reading's misfit.
  void set_shape(std::size_t k, Dtype dtype, const Result<Shape>& shape);
  /// Keeps what operands have against each other, unless something is kept already.
  void misfit(const std::string& why);
  /// Notes that a size of the results is not known before the model runs.
  void depends_on_data();
  void set_literal(std::size_t k, Literal literal) {
    if (has_output(k)) reading_.set_literal(outs_[k], std::move(literal));
  }
  [[nodiscard]] Value& out(std::size_t k) { return reading_.values[outs_[k]]; }

  // Nodes
  /// Moves the nodes to come into the module that owns a parameter, where its name says which.
  void place_beside(Text parameter);
  /// The operator's own node, with all outputs that no other step took.
  NodeId emit(Op op, std::span<const ValueId> inputs);
  NodeId emit(Op op, std::initializer_list<ValueId> inputs) {
    return emit(op, std::span(inputs.begin(), inputs.size()));
  }
  /// Takes back what was made of the operator since.
  void undo(const ReadState::Mark& before);
  /// "name/suffix", making output k of the file's operator.
  NodeId last(Op op, Text suffix, std::span<const ValueId> inputs, std::size_t k = 0);
  NodeId last(Op op, Text suffix, std::initializer_list<ValueId> inputs, std::size_t k = 0) {
    return last(op, suffix, std::span(inputs.begin(), inputs.size()), k);
  }
  /// What `last` added makes output k, too, where the file's operator has it.
  void also(std::size_t k) { take_output(k); }
  /// "name/suffix", making an intermediate value of this type.
  ValueId step(Op op, Text suffix, std::span<const ValueId> inputs, TypeId type);
  ValueId step(Op op, Text suffix, std::initializer_list<ValueId> inputs, TypeId type) {
    return step(op, suffix, std::span(inputs.begin(), inputs.size()), type);
  }
  /// The same with several results, "name/suffix.0" and on.
  std::vector<ValueId> steps(Op op, Text suffix, std::initializer_list<ValueId> inputs,
                             std::initializer_list<TypeId> types);
  ValueId constant(Text suffix, TypeId type);
  /// "name/suffix", a tensor that the file stores at this place.
  ValueId stored(Text suffix, ValueKind kind, TypeId type, Place place);
  template <class A>
  void attrs(const A& a) {
    reading_.builder.attrs(newest_, a);
  }
  [[nodiscard]] IntList list(std::span<const std::int64_t> numbers) { return reading_.builder.ints(numbers); }
  [[nodiscard]] Text name() const { return name_; }
  [[nodiscard]] NodeId newest() const { return newest_; }
  /// Output k is another value under a new name.
  void identity_of(std::uint32_t value, std::size_t k);
  /// Gives outputs that no step made a stand-in, so that what uses them still has a value.
  void close();

 private:
  friend class Translator;  // expands functions, folds literals
  NodeId add(Op op, Text name, std::span<const ValueId> inputs);
  void take_output(std::size_t k);
  const Attribute* typed(Text name, std::int32_t type, const char* wanted);

  ReadState& reading_;
  NameScope& scope_;
  const Body& body_;
  const Node& node_;
  std::size_t index_;
  std::span<const std::uint32_t> ins_, outs_;
  AttributeList& attributes_;
  const Rule* rule_;
  int opset_ = 1;
  std::string own_name_;
  Text name_;
  ModuleId module_;
  SourceId source_;
  NodeId newest_;
  Value absent_;
};

}  // namespace alidade::onnx_file
