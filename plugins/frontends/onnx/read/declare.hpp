#pragma once
#include "read_state.hpp"

namespace alidade::onnx_file {

/// Makes a value the tensor that the file stores.
void store(ReadState& reading, Value& value, const Tensor& tensor);

/// Puts the names of a graph into its scope: stated types, stored tensors, inputs.
class Declaration {
 public:
  Declaration(ReadState& reading, NameScope& scope, const GraphView& graph)
      : r_(reading), scope_(scope), g_(graph) {}

  bool run();
  /// The inputs that are not stored, in order; their types as stated.
  std::vector<std::uint32_t> inputs();

 private:
  std::uint32_t entry(Text name);
  void state(const ValueInfo& v, bool keep);
  void say_kind(Value& value, Text kind);
  TypeId read(const ValueInfo& v);
  bool store(const Tensor& t);
  TypeId unnamed(TypeId type);

  ReadState& r_;
  NameScope& scope_;
  const GraphView& g_;
};

}  // namespace alidade::onnx_file
