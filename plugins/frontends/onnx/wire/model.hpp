#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace alidade::onnx_file {

// A model as views into the file's bytes. Attributes, nested graphs and tensor contents stay undecoded until
// asked for.

/// Consecutive entries of a vector.
struct Range {
  std::uint32_t first = 0, count = 0;
};
/// What was appended to a list since it had `first` entries.
template <class T>
[[nodiscard]] Range tail(const std::vector<T>& list, std::size_t first) {
  return {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(list.size() - first)};
}
using Text = std::string_view;
using Entry = std::pair<Text, Text>;  ///< key and value of a metadata property

struct Node {
  Text name, op;
  Range inputs, outputs, attributes;  ///< into the Body's lists
  std::uint32_t more = 0;             ///< into the Body's list, counted from 1; 0: nothing more
  bool nested = false;                ///< an attribute holds a graph
};
/// What few nodes of a large file have: a million without take a third less memory.
struct NodeMore {
  Text domain, overload, doc;
  Range metadata;
};

/// The nodes of a graph or function, with their lists end to end.
struct Body {
  std::vector<Node> nodes;
  std::vector<Text> inputs, outputs, attributes;
  std::vector<Entry> metadata;
  std::vector<NodeMore> more;

  [[nodiscard]] const NodeMore& more_of(const Node& node) const {
    static constexpr NodeMore kNothing;
    return node.more == 0 ? kNothing : more[node.more - 1];
  }
};

/// A tensor's description; its contents are only looked at when it is small.
struct Tensor {
  Text name, message, raw;
  std::int32_t elem_type = 0;
  std::vector<std::int64_t> dims;
  Text spec_kind;  ///< "PARAMETER", "BUFFER" where the exporter says so
  bool has_raw = false, has_typed = false, external = false;
};

struct ValueInfo {
  Text name, type;  ///< type: a TypeProto, undecoded
  Text spec_kind;
  Text folded_from;  ///< what onnxscript's optimizer made it of: a list as Python writes it
};

struct GraphView {
  Text name;
  Text signature;  ///< torch.export's, as text
  Body body;
  std::vector<Tensor> initializers;
  std::vector<Text> sparse;
  std::vector<ValueInfo> inputs, outputs, values;
};

struct OpsetImport {
  Text domain;
  std::int64_t version = 0;
};

struct FunctionView {
  Text name, domain, overload;
  std::vector<Text> inputs, outputs, defaults;  ///< defaults: AttributeProtos
  std::vector<OpsetImport> opsets;
  Body body;
};

struct ModelView {
  std::int64_t ir_version = 0;
  Text producer, producer_version;
  bool has_graph = false;
  GraphView graph;
  std::vector<OpsetImport> opsets;
  std::vector<FunctionView> functions;
  std::size_t unknown_bytes = 0;  ///< in fields of ModelProto that ONNX does not define
};

/// An attribute, decoded; its lists live in the AttributeList it came from.
struct Attribute {
  Text name, reference, message;  ///< message: the AttributeProto it was decoded from
  std::int32_t type = 0;
  float f = 0;
  std::int64_t i = 0;
  Text s, tensor, graph, sparse, type_proto;
  Range ints, floats, strings;
};

/// AttributeProto.type
enum AttributeType : std::int32_t {
  kFloat = 1,
  kInt = 2,
  kString = 3,
  kTensor = 4,
  kGraph = 5,
  kFloats = 6,
  kInts = 7,
  kStrings = 8,
  kGraphs = 10,
  kSparse = 11
};

}  // namespace alidade::onnx_file
