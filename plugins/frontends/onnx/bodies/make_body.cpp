#include "make_body.hpp"

#include <onnx/defs/operator_sets.h>
#include <onnx/defs/operator_sets_preview.h>
#include <onnx/defs/schema.h>

#include <map>
#include <mutex>

namespace alidade::onnx_file {
namespace {

using namespace ::onnx;  // the names in the list are ONNX's
OpSchema (*const kMakers[])() = {
#define ONNX_SCHEMA(op, since) &GetOpSchema<op##_Onnx_ver##since>,
#include "schemas.inc"
#undef ONNX_SCHEMA
    &GetOpSchema<FlexAttention_OnnxPreview_ver1>};

/// Made when it is first asked for; at most one thread makes one at a time.
const OpSchema& schema_at(std::size_t i) {
  static std::mutex mutex;
  static std::map<std::size_t, OpSchema> made;
  const std::scoped_lock lock(mutex);
  const auto [at, added] = made.try_emplace(i);
  if (added) at->second = kMakers[i]();
  return at->second;
}

std::int32_t elem_type_of(Dtype dtype) {
  for (std::int32_t i = 1; i < 64; ++i)
    if (dtype_of(i) == dtype) return i;
  return 0;
}

TypeProto type_proto(const TensorType& t) {
  TypeProto out;
  auto* tensor = out.mutable_tensor_type();
  tensor->set_elem_type(elem_type_of(t.dtype));
  if (!t.ranked) return out;
  auto* shape = tensor->mutable_shape();
  for (const Dim d : t.dims)
    if (auto* dim = shape->add_dim(); d.is_known()) dim->set_dim_value(d.size());
  return out;
}

/// The node as ONNX's builders of bodies want to see it.
NodeProto node_proto(const BodyRequest& request) {
  NodeProto node;
  node.set_op_type(std::string(request.op));
  for (std::size_t i = 0; i < request.inputs.size(); ++i)
    node.add_input(request.inputs[i].type.valid() ? "i" + std::to_string(i) : std::string());
  for (std::size_t k = 0; k < request.outputs; ++k) node.add_output("o" + std::to_string(k));
  for (const auto& a : request.attributes)
    node.add_attribute()->ParseFromArray(a.message.data(), static_cast<int>(a.message.size()));
  return node;
}

bool build(const OpSchema& schema, const BodyRequest& request, Types& types, FunctionProto& out) {
  if (const auto* fixed = schema.HasFunction() ? schema.GetFunction(request.opset) : nullptr) {
    out = *fixed;
    schema.BuildFunction(out);
    return true;
  }
  if (!schema.HasContextDependentFunction()) return false;
  std::vector<TypeProto> input_types;
  for (const auto& input : request.inputs)
    input_types.push_back(input.type.valid() ? type_proto(types[input.type]) : TypeProto());
  const NodeProto node = node_proto(request);  // the context points into it
  const FunctionBodyBuildContextImpl context(node, input_types);
  return schema.BuildContextDependentFunction(context, out, request.opset);
}

/// ONNX's body of AffineGrid takes away every dimension of size 1 where it means the second one: of a batch
/// of 1 the batch as well. "one_1d" is the body's own list of a one.
void name_squeezed(google::protobuf::RepeatedPtrField<NodeProto>& nodes) {
  for (auto& node : nodes) {
    if (node.op_type() == "Squeeze" && node.input_size() == 1) node.add_input("one_1d");
    for (auto& attribute : *node.mutable_attribute())
      if (attribute.has_g()) name_squeezed(*attribute.mutable_g()->mutable_node());
  }
}

/// What an attribute is that a node leaves out.
void add_defaults(const OpSchema& schema, FunctionProto& body) {
  for (const auto& [name, attribute] : schema.attributes())
    if (attribute.default_value.has_name()) *body.add_attribute_proto() = attribute.default_value;
}

}  // namespace

bool make_body(std::size_t schema, const BodyRequest& request, Types& types, std::string& bytes) try {
  FunctionProto body;
  if (!build(schema_at(schema), request, types, body)) return false;
  if (request.op == "AffineGrid") name_squeezed(*body.mutable_node());
  add_defaults(schema_at(schema), body);
  return body.SerializeToString(&bytes);
} catch (const std::exception&) {  // a builder that misses a type or an attribute: there is no body
  return false;
}

}  // namespace alidade::onnx_file
