#include "schema_shapes.hpp"

#include <onnx/defs/operator_sets.h>
#include <onnx/defs/schema.h>
#include <onnx/defs/shape_inference.h>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include "alidade/base/error.hpp"

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

void write_type(const TensorType& t, Types& types, TypeProto& out) {
  auto* tensor = out.mutable_tensor_type();
  tensor->set_elem_type(elem_type_of(t.dtype));
  if (!t.ranked) return;
  auto* shape = tensor->mutable_shape();
  for (const Dim d : t.dims) {
    auto* dim = shape->add_dim();
    if (d.is_known()) dim->set_dim_value(d.size());
    if (d.is_symbolic()) dim->set_dim_param(std::string(types.expression(d)));
  }
}

/// Sequences, maps and optionals are unranked here; their element type is not told apart.
TypeId read_type(const TypeProto& t, Types& types) {
  if (t.value_case() != TypeProto::kTensorType) return {};
  const auto& tensor = t.tensor_type();
  const Dtype dtype = dtype_of(tensor.elem_type());
  if (!tensor.has_shape()) return dtype == Dtype::unknown ? TypeId() : types.unranked(dtype);
  std::vector<Dim> dims;
  for (const auto& d : tensor.shape().dim())
    dims.push_back(d.has_dim_value()   ? Dim(d.dim_value())
                   : d.has_dim_param() ? types.dim(d.dim_param())
                                       : Dim());
  return types.make(dtype, dims);
}

void write_numbers(const Literal& literal, TensorProto& out) {
  out.set_data_type(elem_type_of(literal.dtype));
  for (const auto d : literal.dims) out.add_dims(d);
  for (const auto& e : literal.elements) switch (literal.dtype) {
      case Dtype::i64:
        out.add_int64_data(e.whole);
        break;
      case Dtype::u64:
      case Dtype::u32:
        out.add_uint64_data(static_cast<std::uint64_t>(e.whole));
        break;
      case Dtype::f32:
        out.add_float_data(static_cast<float>(e.real));
        break;
      case Dtype::f64:
        out.add_double_data(e.real);
        break;
      default:
        out.add_int32_data(static_cast<std::int32_t>(e.whole));
        break;
    }
}

/// What ONNX's inference functions see of one node. Absent operands and outputs beyond the node's are
/// answered too: nothing has checked that there are as many as the schema wants.
class NodeContext final : public InferenceContext {
 public:
  NodeContext(const InferRequest& request, Types& types)
      : inputs_(request.inputs.size()), outputs_(request.outputs) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) fill(inputs_[i], request.inputs[i], types);
    for (const auto& a : request.attributes)
      if (a.graph.empty() && attributes_[std::string(a.name)].ParseFromArray(
                                 a.message.data(), static_cast<int>(a.message.size())))
        attributes_[std::string(a.name)].set_name(std::string(a.name));
  }
  [[nodiscard]] const std::vector<TypeProto>& made() const { return outputs_; }

  const AttributeProto* getAttribute(const std::string& name) const override {
    const auto at = attributes_.find(name);
    return at == attributes_.end() ? nullptr : &at->second;
  }
  size_t getNumInputs() const override { return inputs_.size(); }
  const TypeProto* getInputType(size_t i) const override {
    return i < inputs_.size() && inputs_[i].typed ? &inputs_[i].type : nullptr;
  }
  bool hasInput(size_t i) const override { return i < inputs_.size() && inputs_[i].present; }
  const TensorProto* getInputData(size_t i) const override {
    return i < inputs_.size() && inputs_[i].known ? &inputs_[i].data : nullptr;
  }
  const TensorShapeProto* getSymbolicInput(size_t i) const override {
    return i < inputs_.size() && inputs_[i].partly ? &inputs_[i].symbolic : nullptr;
  }
  const SparseTensorProto* getInputSparseData(size_t) const override { return nullptr; }
  size_t getNumOutputs() const override { return outputs_.size(); }
  TypeProto* getOutputType(size_t i) override { return i < outputs_.size() ? &outputs_[i] : &beyond_; }
  GraphInferencer* getGraphAttributeInferencer(const std::string&) override { return nullptr; }

 private:
  struct Input {
    bool present = false, typed = false, known = false, partly = false;
    TypeProto type;
    TensorProto data;
    TensorShapeProto symbolic;
  };
  static void fill(Input& in, const FoldInput& from, Types& types) {
    in.present = from.type.valid();
    if (!in.present) return;
    in.typed = types[from.type].dtype != Dtype::unknown;
    write_type(types[from.type], types, in.type);
    if (!from.literal) return;
    in.known = from.literal->all_numbers();
    if (in.known) return write_numbers(*from.literal, in.data);
    in.partly = !from.literal->is_floating() && from.literal->dims.size() == 1;
    for (const auto& e : from.literal->elements) {
      auto* dim = in.symbolic.add_dim();
      if (e.is_number()) dim->set_dim_value(e.whole);
      if (e.kind == Element::Kind::symbol) dim->set_dim_param(std::string(types.expression(e.size)));
    }
  }

  std::vector<Input> inputs_;
  std::vector<TypeProto> outputs_;
  TypeProto beyond_;
  std::unordered_map<std::string, AttributeProto> attributes_;
};

/// "[ShapeInferenceError] Inferred shape ..." without the tag, on one line.
std::string sentence(std::string text) {
  if (text.starts_with('['))
    if (const auto end = text.find("] "); end != std::string::npos) text.erase(0, end + 2);
  if (const auto line = text.find('\n'); line != std::string::npos) text.resize(line);
  return text;
}

}  // namespace

struct SchemaShapes::State {
  std::map<std::pair<std::string_view, int>, ::onnx::OpSchema> made;

  const ::onnx::OpSchema* find(std::string_view op, int opset) {
    const auto versions = makers().find(op);
    if (versions == makers().end()) return nullptr;
    const Maker* best = nullptr;
    for (const auto* m : versions->second)
      if (m->since <= opset || !best) best = m;
    const auto [at, added] = made.try_emplace({best->op, best->since});
    if (added) at->second = best->make();
    return &at->second;
  }
};

SchemaShapes::SchemaShapes() : state_(std::make_unique<State>()) {}
SchemaShapes::~SchemaShapes() = default;

int SchemaShapes::newest_opset() {
  int newest = 0;
  for (const auto& m : kMakers) newest = std::max(newest, m.since);
  return newest;
}

std::vector<std::string_view> SchemaShapes::operators() {
  std::vector<std::string_view> names;
  for (const auto& [op, versions] : makers()) names.push_back(op);
  std::ranges::sort(names);
  return names;
}

Result<std::vector<TypeId>> SchemaShapes::infer(const InferRequest& request, Types& types) {
  std::vector<TypeId> out(request.outputs);
  try {
    const auto* schema = state_->find(request.op, request.opset);
    if (!schema || !schema->has_type_and_shape_inference_function()) return out;
    NodeContext context(request, types);
    schema->GetTypeAndShapeInferenceFunction()(context);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = read_type(context.made()[k], types);
  } catch (const std::exception& e) {
    return fail(Fault::model, "the shapes do not fit: " + sentence(e.what()));
  }
  return out;
}

}  // namespace alidade::onnx_file
