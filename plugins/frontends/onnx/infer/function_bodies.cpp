#include "function_bodies.hpp"

#include <onnx/defs/operator_sets.h>
#include <onnx/defs/operator_sets_preview.h>
#include <onnx/defs/schema.h>

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "wire/decode.hpp"

namespace alidade::onnx_file {
namespace {

struct Maker {
  std::string_view op;
  int since;
  ::onnx::OpSchema (*make)();
};
/// Every schema of the default domain, one line each: "schemas.inc" is written out of ONNX's own list at
/// configure time.
using namespace ::onnx;  // the names in the list are ONNX's
const Maker kMakers[] = {
#include "schemas.inc"
};
const Maker kPreview{"FlexAttention", 1, &GetOpSchema<FlexAttention_OnnxPreview_ver1>};

using Makers = std::unordered_map<std::string_view, std::vector<const Maker*>>;
const Makers& makers() {
  static const Makers all = [] {
    Makers by_name;
    for (const auto& m : kMakers) by_name[m.op].push_back(&m);
    for (auto& [op, versions] : by_name) std::ranges::sort(versions, {}, &Maker::since);
    return by_name;
  }();
  return all;
}

/// The version of an operator that is in force in an operator set.
const Maker* maker_of(Text domain, Text op, int opset) {
  if (domain == "ai.onnx.preview") return op == kPreview.op ? &kPreview : nullptr;
  const auto versions = makers().find(op);
  if (!domain.empty() || versions == makers().end()) return nullptr;
  const Maker* best = nullptr;
  for (const auto* m : versions->second)
    if (m->since <= opset || !best) best = m;
  return best;
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

}  // namespace

struct FunctionBodies::State {
  std::unordered_map<const Maker*, OpSchema> schemas;
  std::deque<std::string> bytes;
  std::deque<FunctionView> bodies;
};

FunctionBodies::FunctionBodies() : state_(std::make_unique<State>()) {}
FunctionBodies::~FunctionBodies() = default;

int FunctionBodies::newest_opset() {
  int newest = 0;
  for (const auto& m : kMakers) newest = std::max(newest, m.since);
  return newest;
}

std::vector<std::string_view> FunctionBodies::operators() {
  std::vector<std::string_view> names;
  for (const auto& [op, versions] : makers()) names.push_back(op);
  std::ranges::sort(names);
  return names;
}

const FunctionView* FunctionBodies::find(const BodyRequest& request, Types& types) {
  const Maker* maker = maker_of(request.domain, request.op, request.opset);
  if (!maker) return nullptr;
  try {
    const auto [schema, added] = state_->schemas.try_emplace(maker);
    if (added) schema->second = maker->make();
    FunctionProto body;
    if (!build(schema->second, request, types, body)) return nullptr;
    state_->bytes.push_back(body.SerializeAsString());
  } catch (const std::exception&) {  // a builder that misses a type or an attribute: there is no body
    return nullptr;
  }
  Damage damage{state_->bytes.back(), {}, 0};
  state_->bodies.push_back(decode_function(state_->bytes.back(), damage));
  auto& made = state_->bodies.back();
  if (made.opsets.empty()) made.opsets.push_back({{}, request.opset});
  return damage.found() ? nullptr : &made;
}

}  // namespace alidade::onnx_file
