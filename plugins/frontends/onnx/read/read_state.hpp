#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alidade/sdk/frontend.hpp"
#include "bodies/function_bodies.hpp"
#include "export_signature.hpp"
#include "hierarchy.hpp"
#include "scope.hpp"
#include "stored_tensors.hpp"
#include "wire/limits.hpp"

namespace alidade::onnx_file {

/// The newest ir_version whose fields are read (onnx 1.23).
inline constexpr std::int64_t kKnownIrVersion = 14;
inline constexpr std::size_t kMostDims = 64;  ///< of a tensor

/// A list of tensors while the file is read: the type of each, or what is true of all where their number is
/// not known.
struct Sequence {
  bool counted = false;
  std::vector<TypeId> elements;  ///< where counted
  TypeId any;
};

/// What was met on the way and is said at the end.
struct Tallies {
  std::size_t constants = 0, folded_norms = 0, sorted_graphs = 0, scaled_reshapes = 0;
  std::int64_t folded_params = 0;
  std::size_t contradictions = 0;  ///< results whose stated type is not what the operands make
  std::string contradiction;       ///< the first of them
  std::size_t undecided = 0;       ///< branches and trips that only the data decide
};

/// What one reading of one file has in hand: the graph in the making and all that is known of its values.
class ReadState {
 public:
  ReadState(const ReadRequest& request, ModelView& model, Bindings with);

  const ReadRequest& request;
  ModelView& model;
  Bindings bindings;
  GraphBuilder builder;
  StoredTensors stored{builder};
  ExportSignature signature;
  Types types;
  Hierarchy hierarchy;
  std::vector<Value> values;
  std::vector<Origin> origins;
  std::deque<Literal> literals;
  std::deque<Tensor> tensors;  ///< made while reading: attributes of Constant, sparse tensors
  FunctionIndex functions;
  FunctionBodies bodies;
  Damage damage;
  std::optional<Error> error;

  bool keep_shapes = true;        ///< false: the inputs were given other shapes than the file's
  bool names_parameters = false;  ///< the exporter says which tensors are parameters
  std::string misfit;             ///< what the shapes of the node at hand have against each other
  std::uint64_t nodes = 0;
  std::uint64_t steps = 0, repeated = 0;  ///< nodes of the file that were looked at; those in vain
  Tallies tallies;
  std::vector<const std::string*> opaque;            ///< the foreign name of each unknown operator
  std::vector<std::string> impossible;               ///< nodes of the branch at hand that cannot run, and why
  std::vector<std::string> untaken;                  ///< branches that cannot run, and why
  std::set<std::string, std::less<>> input_symbols;  ///< names in the shapes of the model's inputs
  std::uint32_t branches = 0;    ///< of If around the node at hand: one that cannot be need not be taken
  bool depends_on_data = false;  ///< sizes of the results of the node at hand, which only the data decide
  std::deque<Sequence> sequences;

  /// What has been read at one moment.
  struct Mark {
    GraphBuilder::Mark graph;
    std::size_t values, literals, tensors, sequences, touched, opaque, impossible, untaken, stored;
    std::uint64_t nodes, steps;
    Tallies tallies;
  };
  [[nodiscard]] Mark mark() const;
  /// Forgets what has been read since, an error as well, and counts it as read in vain.
  void rewind(const Mark& mark);
  /// Whether every size is a number or follows from the sizes of the model's inputs.
  [[nodiscard]] bool is_sized(TypeId type);

  /// Keeps the first error.
  void refuse(Error e) {
    if (!error) error = std::move(e);
  }
  void refuse(Fault fault, std::string what, std::string where = {}, std::string fix = {}) {
    refuse(Error{fault, std::move(what), std::move(where), std::move(fix)});
  }
  /// The graph's value, made when it is first used.
  ValueId id_of(std::uint32_t index);
  void give_id(std::uint32_t index, ValueId id);
  /// What is stated and what is inferred of one value, as one type. A stated name of a size that no input of
  /// the model has says less than a formula of those that they have.
  TypeId merged(TypeId stated, TypeId inferred);
  void note_opaque(Text foreign) { opaque.push_back(&*foreign_names_.emplace(foreign).first); }
  void note_contradiction(const Value& value, TypeId inferred);
  /// Says that only the data decide sizes of what a node gives.
  void note_by_data(NodeId node) {
    builder.note(Severity::note, "depends-on-data", "the data decide sizes of its result", node);
  }
  /// Says that sizes of what a node gives are the numbers of a tensor that lie in another file.
  void note_elsewhere(NodeId node, Text tensor);
  /// What a value that is no tensor holds.
  [[nodiscard]] const Sequence* sequence_of(const Value& value) const {
    return value.sequence < 0 ? nullptr : &sequences[static_cast<std::size_t>(value.sequence)];
  }
  void set_sequence(Value& value, Sequence sequence);  ///< the value has the type of what it holds
  /// The contents of a small tensor that is stored or was computed while reading; null otherwise.
  const Literal* literal_of(std::uint32_t index);
  /// The numbers of a small tensor of integers, which belong to the program.
  std::optional<std::vector<std::int64_t>> small_table(std::uint32_t index);
  void set_literal(std::uint32_t index, Literal literal);
  [[nodiscard]] const Origin& origin(const Value& value) const;
  void set_origin(Value& value, const Origin& origin);
  [[nodiscard]] bool is_stored(std::uint32_t index) const {
    return values[index].state == Value::State::stored;
  }
  /// Dimensions, sizes and contents that make sense; else an error is kept.
  bool check(const Tensor& tensor);
  [[nodiscard]] int opset(const NameScope& scope, Text domain) const;
  /// Whether bytes are the file's, and not those of what ONNX defines an operator by.
  [[nodiscard]] bool is_in_file(Text bytes) const;
  /// "ai.onnx::Conv"; valid until the next call.
  Text foreign(Text domain, Text op);
  void write_notes();
  /// A stored value of integers of so many bits or fewer is a parameter, unless the exporter says what it is.
  void count_as_weight(std::uint32_t index, int most_bits);
  /// What a stored value is, as far as it tells by itself.
  [[nodiscard]] ValueKind kind_of(std::uint32_t index) const;

 private:
  /// Whether every name in a symbolic size is one of the model's inputs.
  [[nodiscard]] bool is_anchored(Dim size);

  std::string foreign_;
  std::set<std::string, std::less<>> foreign_names_;  // of unknown operators
  std::vector<std::uint32_t> touched_;  // values that were given an id or contents, in this order
  std::vector<signed char> anchored_;   // by SymbolId: 1 yes, 0 no, -1 not asked yet
};

}  // namespace alidade::onnx_file
