#include "decode.hpp"

namespace alidade::onnx_file {
namespace {

Entry decode_entry(Text bytes, Damage& damage) {
  Entry entry;
  Cursor c(bytes, "StringStringEntryProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        entry.first = c.bytes();
        break;
      case 2:
        entry.second = c.bytes();
        break;
      default:
        c.skip();
    }
  return entry;
}

/// What torch.export says of an input: PARAMETER, BUFFER, USER_INPUT.
void take_spec_kind(Text bytes, Text& kind, Damage& damage) {
  const Entry entry = decode_entry(bytes, damage);
  if (entry.first == "pkg.torch.export.graph_signature.InputSpec.kind") kind = entry.second;
}

void take_property(Text bytes, ValueInfo& value, Damage& damage) {
  take_spec_kind(bytes, value.spec_kind, damage);
  const Entry entry = decode_entry(bytes, damage);
  if (entry.first == "pkg.onnxscript.optimizer.folded_from") value.folded_from = entry.second;
}
void take_signature(Text bytes, GraphView& graph, Damage& damage) {
  const Entry entry = decode_entry(bytes, damage);
  if (entry.first == "pkg.torch.export.ExportedProgram.graph_signature") graph.signature = entry.second;
}

bool holds_graph(Text attribute, Damage& damage) {
  Cursor c(attribute, "AttributeProto", damage);
  while (c.next()) {
    if (c.field() == 6 || c.field() == 11) return true;
    c.skip();
  }
  return false;
}

/// Keeps what a node has beside the usual, if it has.
void keep_more(Body& body, Node& node, const NodeMore& more) {
  if (more.domain.empty() && more.overload.empty() && more.doc.empty() && more.metadata.count == 0) return;
  body.more.push_back(more);
  node.more = static_cast<std::uint32_t>(body.more.size());
}

void decode_node(Text bytes, Body& body, Damage& damage) {
  Node node;
  NodeMore more;
  const std::size_t ins = body.inputs.size(), outs = body.outputs.size();
  const std::size_t attributes = body.attributes.size(), metadata = body.metadata.size();
  Cursor c(bytes, "NodeProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        body.inputs.push_back(c.bytes());
        break;
      case 2:
        body.outputs.push_back(c.bytes());
        break;
      case 3:
        node.name = c.bytes();
        break;
      case 4:
        node.op = c.bytes();
        break;
      case 5:
        body.attributes.push_back(c.bytes());
        node.nested = holds_graph(body.attributes.back(), damage) || node.nested;
        break;
      case 6:
        more.doc = c.bytes();
        break;
      case 7:
        more.domain = c.bytes();
        break;
      case 8:
        more.overload = c.bytes();
        break;
      case 9:
        body.metadata.push_back(decode_entry(c.bytes(), damage));
        break;
      default:
        c.skip();
    }
  node.inputs = tail(body.inputs, ins), node.outputs = tail(body.outputs, outs);
  node.attributes = tail(body.attributes, attributes), more.metadata = tail(body.metadata, metadata);
  if (more.domain == "ai.onnx") more.domain = {};
  keep_more(body, node, more);
  body.nodes.push_back(node);
}

ValueInfo decode_value(Text bytes, Damage& damage) {
  ValueInfo value;
  Cursor c(bytes, "ValueInfoProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        value.name = c.bytes();
        break;
      case 2:
        value.type = c.bytes();
        break;
      case 4:
        take_property(c.bytes(), value, damage);
        break;
      default:
        c.skip();
    }
  return value;
}

OpsetImport decode_opset(Text bytes, Damage& damage) {
  OpsetImport opset;
  Cursor c(bytes, "OperatorSetIdProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        opset.domain = c.bytes();
        break;
      case 2:
        opset.version = c.integer();
        break;
      default:
        c.skip();
    }
  if (opset.domain == "ai.onnx") opset.domain = {};
  return opset;
}

}  // namespace

FunctionView decode_function(Text bytes, Damage& damage) {
  FunctionView f;
  Cursor c(bytes, "FunctionProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        f.name = c.bytes();
        break;
      case 4:
        f.inputs.push_back(c.bytes());
        break;
      case 5:
        f.outputs.push_back(c.bytes());
        break;
      case 7:
        decode_node(c.bytes(), f.body, damage);
        break;
      case 9:
        f.opsets.push_back(decode_opset(c.bytes(), damage));
        break;
      case 10:
        f.domain = c.bytes();
        break;
      case 11:
        f.defaults.push_back(c.bytes());
        break;
      case 13:
        f.overload = c.bytes();
        break;
      default:
        c.skip();
    }
  if (f.domain == "ai.onnx") f.domain = {};
  return f;
}

Tensor decode_tensor(Text bytes, Damage& damage) {
  Tensor t;
  t.message = bytes;
  Cursor c(bytes, "TensorProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        c.integers([&](std::int64_t d) { t.dims.push_back(d); });
        break;
      case 2:
        t.elem_type = static_cast<std::int32_t>(c.varint());
        break;
      case 4:
      case 5:
      case 6:
      case 7:
      case 10:
      case 11:
        t.has_typed = true, c.skip();
        break;
      case 8:
        t.name = c.bytes();
        break;
      case 9:
        t.raw = c.bytes(), t.has_raw = true;
        break;
      case 14:
        t.external = c.varint() == 1;
        break;
      case 16:
        take_spec_kind(c.bytes(), t.spec_kind, damage);
        break;
      default:
        c.skip();
    }
  return t;
}

namespace {

/// Room for the nodes and stated types of a large graph, counted before they are decoded: lists that grow by
/// doubling are written twice.
void make_room(Text bytes, GraphView& g) {
  constexpr std::size_t kLarge = 1 << 20;
  if (bytes.size() < kLarge) return;
  std::size_t nodes = 0, values = 0;
  Damage unheard;
  for (Cursor c(bytes, "GraphProto", unheard); c.next(); c.skip())
    nodes += c.field() == 1 ? 1 : 0, values += c.field() == 13 ? 1 : 0;
  g.body.nodes.reserve(nodes), g.body.outputs.reserve(nodes), g.body.inputs.reserve(2 * nodes);
  g.values.reserve(values);
}

}  // namespace

GraphView decode_graph(Text bytes, Damage& damage) {
  GraphView g;
  make_room(bytes, g);
  Cursor c(bytes, "GraphProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        decode_node(c.bytes(), g.body, damage);
        break;
      case 2:
        g.name = c.bytes();
        break;
      case 5:
        g.initializers.push_back(decode_tensor(c.bytes(), damage));
        break;
      case 11:
        g.inputs.push_back(decode_value(c.bytes(), damage));
        break;
      case 12:
        g.outputs.push_back(decode_value(c.bytes(), damage));
        break;
      case 13:
        g.values.push_back(decode_value(c.bytes(), damage));
        break;
      case 15:
        g.sparse.push_back(c.bytes());
        break;
      case 16:
        take_signature(c.bytes(), g, damage);
        break;
      default:
        c.skip();
    }
  return g;
}

ModelView decode_model(Text bytes, Damage& damage) {
  ModelView m;
  Cursor c(bytes, "ModelProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        m.ir_version = c.integer();
        break;
      case 2:
        m.producer = c.bytes();
        break;
      case 3:
        m.producer_version = c.bytes();
        break;
      case 7:
        m.has_graph = true, m.graph = decode_graph(c.bytes(), damage);
        break;
      case 8:
        m.opsets.push_back(decode_opset(c.bytes(), damage));
        break;
      case 25:
        m.functions.push_back(decode_function(c.bytes(), damage));
        break;
      case 4:
      case 5:
      case 6:
      case 14:
      case 20:
      case 26:
        c.skip();
        break;
      default:
        c.skip(), m.unknown_bytes += c.consumed();
    }
  return m;
}

Tensor decode_sparse(Text bytes, Damage& damage) {
  Tensor t;
  std::vector<std::int64_t> dims;
  Cursor c(bytes, "SparseTensorProto", damage);
  while (c.next()) switch (c.field()) {
      case 1:
        t = decode_tensor(c.bytes(), damage);
        break;
      case 3:
        c.integers([&](std::int64_t d) { dims.push_back(d); });
        break;
      default:
        c.skip();
    }
  t.dims = std::move(dims), t.raw = {}, t.has_raw = t.has_typed = false,
  t.external = true;  // its values are not looked at
  return t;
}

}  // namespace alidade::onnx_file
