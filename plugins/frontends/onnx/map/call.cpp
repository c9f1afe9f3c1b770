#include "call.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "read/resolve.hpp"

namespace alidade::onnx_file {

Call::Call(ReadState& reading, NameScope& scope, const Body& body, std::size_t index,
           const Resolved& resolved, AttributeList& attributes, const Rule* rule)
    : reading_(reading),
      scope_(scope),
      body_(body),
      node_(body.nodes[index]),
      index_(index),
      ins_(std::span(resolved.inputs).subspan(node_.inputs.first, node_.inputs.count)),
      outs_(std::span(resolved.outputs).subspan(node_.outputs.first, node_.outputs.count)),
      attributes_(attributes),
      rule_(rule),
      opset_(reading.opset(scope, domain())) {
  while (!ins_.empty() && ins_.back() == kNoIndex) ins_ = ins_.first(ins_.size() - 1);
  while (!outs_.empty() && outs_.back() == kNoIndex) outs_ = outs_.first(outs_.size() - 1);
  if (node_.name.empty())
    own_name_ = fmt::format("{}{}_{}", scope.prefix, node_.op, index);
  else if (!scope.prefix.empty())
    own_name_ = scope.prefix + std::string(node_.name);
  name_ = own_name_.empty() ? node_.name : Text(own_name_);
  module_ = reading.hierarchy.module(body, node_, scope.module);
  source_ = reading.hierarchy.source(body, node_);
}

std::string Call::described() const { return describe(node_, index_); }
Text Call::metadata(Text key) const { return property(body_, node_, key); }
void Call::reject(std::string what) {
  if (reading_.branches == 0) return reading_.refuse(Fault::model, std::move(what), described());
  reading_.impossible.push_back(described() + ": " + std::move(what));
}

ValueId Call::in(std::size_t i) { return has(i) ? reading_.id_of(ins_[i]) : ValueId(); }
std::vector<ValueId> Call::ins(std::size_t first) {
  std::vector<ValueId> ids;
  for (std::size_t i = first; i < ins_.size(); ++i) ids.push_back(in(i));
  return ids;
}
TensorType Call::type(std::size_t i) const {
  const TypeId id = type_id(i);
  return id.valid() ? types()[id] : TensorType{};
}
std::optional<std::int64_t> Call::rank(std::size_t i) const {
  const TensorType t = type(i);
  return t.ranked ? std::optional(static_cast<std::int64_t>(t.rank())) : std::nullopt;
}
const Literal* Call::literal(std::size_t i) const { return has(i) ? reading_.literal_of(ins_[i]) : nullptr; }
std::optional<std::vector<Number>> Call::numbers(std::size_t i) const {
  constexpr std::int64_t kMostRank = 64;
  if (const Literal* l = literal(i)) return l->elements;
  const TensorType t = type(i);
  if (!t.ranked || t.rank() > 1) return std::nullopt;
  const auto count = t.rank() == 0 ? 1 : t.dim(0).value_or(kMostRank + 1);
  if (count > kMostRank) return std::nullopt;
  return std::vector<Number>(static_cast<std::size_t>(count));
}
std::vector<FoldInput> Call::known() const {
  std::vector<FoldInput> inputs;
  for (std::size_t i = 0; i < ins_.size(); ++i) inputs.push_back({type_id(i), literal(i)});
  return inputs;
}
std::optional<std::vector<std::int64_t>> Call::stated(std::size_t i) const {
  const Literal* l = is_stored(i) ? literal(i) : nullptr;
  return l && l->all_numbers() && !l->is_floating() ? std::optional(l->integers()) : std::nullopt;
}
std::optional<double> Call::stated_real(std::size_t i) const {
  const Literal* l = is_stored(i) ? literal(i) : nullptr;
  if (!l || l->elements.size() != 1 || !l->elements[0].is_number()) return std::nullopt;
  return l->elements[0].real;
}
bool Call::is_stored(std::size_t i) const { return has(i) && reading_.is_stored(ins_[i]); }
bool Call::is_weight(std::size_t i) const {
  return has(i) && (reading_.is_stored(ins_[i]) || reading_.values[ins_[i]].from_weight);
}

std::uint32_t Call::stored_source(std::size_t i) const {
  if (!has(i)) return kNoIndex;
  return is_stored(i) ? ins_[i] : reading_.values[ins_[i]].moved_from;
}

ValueId Call::weight(std::size_t i) {
  const ValueId id = in(i);
  if (!is_stored(i) || !origin(i).spec_kind.empty()) return id;
  if (reading_.kind_of(ins_[i]) != ValueKind::parameter) reading_.stored.kind(id, ValueKind::parameter);
  return id;
}
ValueId Call::buffer(std::size_t i) {
  const ValueId id = in(i);
  if (is_stored(i) && origin(i).spec_kind.empty()) reading_.stored.kind(id, ValueKind::buffer);
  return id;
}

const Attribute* Call::typed(Text name, std::int32_t type, const char* wanted) {
  const Attribute* a = attributes_.find(name);
  if (!a || a->type == type || a->type == 0) return a;
  reject(fmt::format("the attribute {} of {} has another type than the {} that is expected",
                     text::quoted(name), text::printable(op()), wanted));
  return nullptr;
}
std::int64_t Call::integer(Text name, std::int64_t fallback) {
  const auto* a = typed(name, kInt, "integer");
  return a ? a->i : fallback;
}
double Call::real(Text name, double fallback) {
  const auto* a = typed(name, kFloat, "float");
  return a ? static_cast<double>(a->f) : fallback;
}
Text Call::word(Text name, Text fallback) {
  const auto* a = typed(name, kString, "string");
  return a ? a->s : fallback;
}
std::optional<std::vector<std::int64_t>> Call::integers(Text name) {
  const auto* a = typed(name, kInts, "list of integers");
  if (!a) return std::nullopt;
  const auto first = attributes_.ints.begin() + a->ints.first;
  return std::vector<std::int64_t>(first, first + a->ints.count);
}
std::vector<double> Call::reals(Text name) {
  const auto* a = typed(name, kFloats, "list of floats");
  if (!a) return {};
  const auto first = attributes_.floats.begin() + a->floats.first;
  return {first, first + a->floats.count};
}
Text Call::graph(Text name) {
  const auto* a = typed(name, kGraph, "graph");
  return a ? a->graph : Text{};
}

std::int64_t Call::axis(std::int64_t axis, std::optional<std::int64_t> rank) {
  if (!rank) return axis;
  if (axis < -*rank || axis >= std::max<std::int64_t>(*rank, 1)) {
    reject(fmt::format("the axis {} is out of range for {} dimension{}", axis, *rank, *rank == 1 ? "" : "s"));
    return 0;
  }
  return axis < 0 ? axis + *rank : axis;
}
std::vector<std::int64_t> Call::axes(std::vector<std::int64_t> axes, std::optional<std::int64_t> rank) {
  for (auto& a : axes) a = axis(a, rank);
  return axes;
}

TypeId Call::out_type(std::size_t k) const {
  if (!has_output(k)) return reading_.types.unranked(Dtype::unknown);
  Value& v = reading_.values[outs_[k]];
  if (!v.type.valid()) v.type = reading_.types.unranked(Dtype::unknown);
  return v.type;
}
void Call::set_type(std::size_t k, TypeId type) {
  if (!has_output(k) || !type.valid()) return;
  Value& v = reading_.values[outs_[k]];
  if (!types().contradict(v.type, type)) return void(v.type = reading_.merged(v.type, type));
  reading_.note_contradiction(v, type);
  v.type = types().merged(type, v.type);
}
void Call::set_shape(std::size_t k, Dtype dtype, const Result<Shape>& shape) {
  if (shape)
    set_type(k, types().make(dtype, *shape));
  else
    misfit(shape.error().what);
}
void Call::misfit(const std::string& why) {
  if (reading_.misfit.empty()) reading_.misfit = "the shapes do not fit: " + why;
}
void Call::depends_on_data() { reading_.depends_on_data = true; }

void Call::place_beside(Text parameter) {
  if (parameter.starts_with("onnx::")) return;
  if (const auto owner = reading_.hierarchy.owner(parameter)) module_ = *owner;
}
NodeId Call::add(Op op, Text name, std::span<const ValueId> inputs) {
  newest_ = reading_.builder.node(op, name, reading_.foreign(domain(), this->op()), inputs);
  if (module_.index != 0) reading_.builder.module(newest_, module_);
  if (source_.valid()) reading_.builder.source(newest_, source_);
  ++reading_.nodes;
  return newest_;
}
void Call::take_output(std::size_t k) {
  const TypeId type = out_type(k);
  if (!has_output(k)) return void(reading_.builder.result({}, type));
  Value& v = reading_.values[outs_[k]];
  v.id = scope_.is_plain() ? reading_.builder.result(v.name, type)
                           : reading_.builder.result(scope_.shown(v.name), type);
}
NodeId Call::emit(Op op, std::span<const ValueId> inputs) {
  add(op, name_, inputs);
  for (std::size_t k = 0; k < outs_.size(); ++k)
    if (!has_output(k) || !out(k).id.valid()) take_output(k);
  return newest_;
}
void Call::undo(const ReadState::Mark& before) {
  reading_.rewind(before);
  for (std::size_t k = 0; k < outs_.size(); ++k)
    if (has_output(k)) out(k).id = ValueId();
}
NodeId Call::last(Op op, Text suffix, std::span<const ValueId> inputs, std::size_t k) {
  add(op, suffix.empty() ? std::string(name_) : std::string(name_) + "/" + std::string(suffix), inputs);
  take_output(k);
  return newest_;
}
ValueId Call::step(Op op, Text suffix, std::span<const ValueId> inputs, TypeId type) {
  const std::string name = std::string(name_) + "/" + std::string(suffix);
  add(op, name, inputs);
  return reading_.builder.result(name, type);
}
std::vector<ValueId> Call::steps(Op op, Text suffix, std::initializer_list<ValueId> inputs,
                                 std::initializer_list<TypeId> types) {
  const std::string name = std::string(name_) + "/" + std::string(suffix);
  add(op, name, std::span(inputs.begin(), inputs.size()));
  std::vector<ValueId> made;
  for (const TypeId type : types)
    made.push_back(reading_.builder.result(fmt::format("{}.{}", name, made.size()), type));
  return made;
}
ValueId Call::constant(Text suffix, TypeId type) {
  return reading_.builder.value(ValueKind::constant, std::string(name_) + "/" + std::string(suffix), type);
}

ValueId Call::stored(Text suffix, ValueKind kind, TypeId type, Place place) {
  return reading_.stored.add({kind, std::string(name_) + "/" + std::string(suffix), type, place});
}

void Call::identity_of(std::uint32_t value, std::size_t k) {
  last(Op::identity, "", {reading_.id_of(value)}, k);
}

void Call::close() {
  for (std::size_t k = 0; k < outs_.size(); ++k)
    if (has_output(k) && !out(k).id.valid()) last(Op::identity, fmt::format("output{}", k), {in(0)}, k);
}

}  // namespace alidade::onnx_file
