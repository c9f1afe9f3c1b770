#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alidade/sdk/frontend.hpp"
#include "wire/limits.hpp"
#include "hierarchy.hpp"
#include "infer/schema_shapes.hpp"
#include "scope.hpp"

namespace alidade::onnx_file {

/// The newest ir_version whose fields are read (onnx 1.23).
inline constexpr std::int64_t kKnownIrVersion = 14;
inline constexpr std::size_t kMostDims = 64;  ///< of a tensor

/// What one reading of one file has in hand: the graph in the making and all that is known of its values.
class Reading {
 public:
  Reading(const ReadRequest& request, const ModelView& model, Bindings with);

  const ReadRequest& request;
  const ModelView& model;
  Bindings bindings;
  GraphBuilder builder;
  Types types;
  Hierarchy hierarchy;
  std::vector<Value> values;
  std::deque<Literal> literals;
  std::deque<Tensor> tensors;  ///< made while reading: attributes of Constant, sparse tensors
  FunctionIndex functions;
  SchemaShapes schemas;
  Damage damage;
  std::optional<Error> error;

  bool keep_shapes = true;        ///< false: the inputs were given other shapes than the file's
  bool wants_numbers = false;     ///< symbols were bound: infer wherever the file's types are not numbers
  bool names_parameters = false;  ///< the exporter says which tensors are parameters
  std::string misfit;             ///< what ONNX's own rule says against the node at hand
  std::uint64_t nodes = 0;
  std::size_t constants = 0, folded_norms = 0, sorted_graphs = 0, scaled_reshapes = 0;
  std::int64_t folded_params = 0;
  std::map<std::string, std::size_t> opaque;  ///< foreign name -> how often

  /// Keeps the first error.
  void stop(Error e) {
    if (!error) error = std::move(e);
  }
  void stop(Fault fault, std::string what, std::string where = {}, std::string fix = {}) {
    stop(Error{fault, std::move(what), std::move(where), std::move(fix)});
  }
  /// The graph's value, made when it is first used.
  ValueId id_of(std::uint32_t index);
  /// The contents of a small tensor that is stored or was computed while reading; null otherwise.
  const Literal* literal_of(std::uint32_t index);
  void set_literal(std::uint32_t index, Literal literal);
  [[nodiscard]] bool is_stored(std::uint32_t index) const {
    return values[index].state == Value::State::stored;
  }
  /// Dimensions, sizes and contents that make sense; else an error is kept.
  bool check(const Tensor& tensor);
  [[nodiscard]] int opset(const Scope& scope, Text domain) const;
  /// "ai.onnx::Conv"; valid until the next call.
  Text foreign(Text domain, Text op);
  void write_notes();
  /// What a stored value is, as far as it tells by itself.
  [[nodiscard]] ValueKind kind_of(std::uint32_t index) const;

 private:
  std::string foreign_;
};

}  // namespace alidade::onnx_file
