#pragma once
#include "alidade/base/error.hpp"
#include "cursor.hpp"
#include "model.hpp"

namespace alidade::onnx_file {

// From bytes to views. Damage is kept, not thrown: look at it after each call.

ModelView decode_model(Text bytes, Damage& damage);
GraphView decode_graph(Text bytes, Damage& damage);
FunctionView decode_function(Text bytes, Damage& damage);
Tensor decode_tensor(Text bytes, Damage& damage);
/// A sparse tensor as the dense one it stands for, without contents.
Tensor decode_sparse(Text bytes, Damage& damage);

/// The attributes of one node, decoded together.
struct AttributeList {
  std::vector<Attribute> all;
  std::vector<std::int64_t> ints;
  std::vector<float> floats;
  std::vector<Text> strings;

  void clear() { all.clear(), ints.clear(), floats.clear(), strings.clear(); }
  void add(Text message, Damage& damage);
  [[nodiscard]] const Attribute* find(Text name) const;
};

/// Walks every graph held by the attributes of a node.
void nested_graphs(const Body& body, const Node& node, std::vector<Text>& graphs, Damage& damage);

}  // namespace alidade::onnx_file
