#include "declare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::onnx_file {

void store(ReadState& r, Value& value, const Tensor& tensor) {
  value.state = Value::State::stored;
  Origin from = r.origin(value);
  from.tensor = &tensor;
  if (r.is_in_file(tensor.message)) from.stored_as = tensor.message;
  if (!tensor.spec_kind.empty()) from.spec_kind = tensor.spec_kind;
  if (from.spec_kind.empty()) from.spec_kind = r.signature.kind(tensor.name);
  r.set_origin(value, from);
  const Dtype dtype = dtype_of(tensor.elem_type);
  if (dtype == Dtype::unknown) ++r.types.unknown_elem_types[std::to_string(tensor.elem_type)];
  std::vector<Dim> dims(tensor.dims.begin(), tensor.dims.end());
  value.type = r.types.make(dtype, dims);
}

namespace {

/// At least twice as many as before: a reserve that just fits would move all values for every subgraph.
template <class T>
void make_room(std::vector<T>& values, std::size_t more) {
  if (values.size() + more > values.capacity())
    values.reserve(std::max(values.size() + more, 2 * values.size()));
}

}  // namespace

bool Declaration::run() {
  scope_.names.reserve(g_.values.size() + g_.initializers.size() + 64);
  make_room(r_.values, g_.values.size() + g_.initializers.size() + 16);
  make_room(r_.origins, g_.initializers.size());
  for (const auto& v : g_.values) state(v, r_.keep_shapes);
  for (const auto& t : g_.initializers)
    if (!store(t)) return false;
  for (const Text bytes : g_.sparse) {
    r_.tensors.push_back(decode_sparse(bytes, r_.damage));
    if (!store(r_.tensors.back())) return false;
  }
  return !r_.error;
}

std::vector<std::uint32_t> Declaration::inputs() {
  std::vector<std::uint32_t> indices;
  for (const auto& v : g_.inputs) {
    const auto index = entry(v.name);
    Value& value = r_.values[index];
    if (!v.spec_kind.empty()) say_kind(value, v.spec_kind);
    if (value.state == Value::State::stored) continue;  // an input with a default: the default is what counts
    if (value.state == Value::State::input) {
      r_.refuse(Fault::model, "two inputs of one graph are named " + text::quoted(v.name));
      return {};
    }
    value.state = Value::State::input, value.type = read(v);
    if (Types::is_container(v.type)) r_.set_sequence(value, {false, {}, unnamed(value.type)});
    indices.push_back(index);
  }
  for (const auto& v : g_.outputs) state(v, r_.keep_shapes);
  return indices;
}

/// Elements of a list share no symbol: what the list states once may differ from element to element.
TypeId Declaration::unnamed(TypeId type) {
  const TensorType t = r_.types[type];
  if (!t.ranked) return type;
  std::vector<Dim> dims(t.dims.begin(), t.dims.end());
  for (Dim& d : dims)
    if (d.is_symbolic()) d = Dim();
  return r_.types.make(t.dtype, dims);
}

std::uint32_t Declaration::entry(Text name) {
  const auto index = scope_.names.add(name, static_cast<std::uint32_t>(r_.values.size()));
  if (index == r_.values.size()) r_.values.emplace_back().name = name, r_.values.back().home = &scope_;
  return index;
}

void Declaration::state(const ValueInfo& v, bool keep) {
  Value& value = r_.values[entry(v.name)];
  if (!v.spec_kind.empty()) say_kind(value, v.spec_kind);
  if (!v.folded_from.empty()) say_kind(value, r_.signature.folded_kind(v.folded_from));
  if (!keep || value.state != Value::State::mentioned || v.type.empty() || Types::is_container(v.type))
    return;
  const TypeId type = read(v);
  value.type = value.type.valid() ? r_.types.merged(value.type, type) : type;
}

void Declaration::say_kind(Value& value, Text kind) {
  Origin from = r_.origin(value);
  from.spec_kind = kind;
  r_.set_origin(value, from);
}

TypeId Declaration::read(const ValueInfo& v) {
  const TypeId type = r_.types.read(v.type);
  if (r_.types.most_dims > kMostDims)
    r_.refuse(
        Fault::limit,
        fmt::format("a type has {} dimensions, allowed {}", text::grouped(r_.types.most_dims), kMostDims),
        "value " + text::quoted(v.name));
  return type;
}

bool Declaration::store(const Tensor& t) {
  if (!r_.check(t)) return false;
  Value& value = r_.values[entry(t.name)];
  if (value.state == Value::State::stored)
    return r_.refuse(Fault::model,
                     fmt::format("two initializers of one graph are named {}", text::quoted(t.name))),
           false;
  onnx_file::store(r_, value, t);
  return true;
}

}  // namespace alidade::onnx_file
