#include "json_operation.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::string_view kOps = "torch.ops.";

/// The one member of a union object.
std::pair<std::string_view, JsonValue> member(JsonValue of) {
  std::pair<std::string_view, JsonValue> only;
  of.each_member([&](std::string_view tag, JsonValue value) { only = {tag, value}; });
  if (of && only.first.empty())
    of.complain("expected one of the forms of an argument, found an empty object");
  return only;
}

void add_names(JsonValue argument, std::vector<std::string_view>& names) {
  const auto [tag, value] = member(argument);
  if (tag == "as_tensor")
    names.push_back(value.at("name").text());
  else if (tag == "as_tensors")
    value.each_element([&](JsonValue one) { names.push_back(one.at("name").text()); });
  else if (tag == "as_optional_tensor")
    add_names(value, names);
  else if (tag == "as_optional_tensors")
    value.each_element([&](JsonValue one) { add_names(one, names); });
}

}  // namespace

JsonOperation::JsonOperation(GraphDraft& draft, ProgramScope& scope, JsonValue node)
    : Operation(draft), program_(draft), scope_(scope), node_(node) {
  std::string_view target;
  node.each_member([&](std::string_view key, JsonValue value) {
    if (key == "target")
      target = value.text();
    else if (key == "metadata")
      metadata_ = value;
    else if (key == "name" && !value.is_null())
      name_ = value.text();
    else if (key == "outputs")
      value.each_element([&](JsonValue output) { add_names(output, results_); });
    else if (key == "inputs")
      value.each_element([&](JsonValue input) {
        const auto [tag, argument] = member(input.at("arg"));
        arguments_.push_back({input.at("name").text(), tag, argument});
      });
  });
  if (target.empty()) node.complain("the node has no target");
  if (target.starts_with(kOps)) target.remove_prefix(kOps.size());
  call(std::string(target));
  if (name_.empty() && !results_.empty()) name_ = results_[0];
  module_ = draft.provenance.module(metadata_), source_ = draft.provenance.source(metadata_);
}

std::optional<std::size_t> JsonOperation::find(std::string_view name) const {
  const auto found = std::ranges::find(arguments_, name, &Argument::name);
  const bool none = found == arguments_.end() || found->tag == "as_none" ||
                    (found->tag == "as_optional_tensor" && found->value.find("as_none"));
  return none ? std::nullopt : std::optional(static_cast<std::size_t>(found - arguments_.begin()));
}

ValueId JsonOperation::named(JsonValue name) {
  const auto text = name.text();
  Meaning* meaning = scope_.find(text);
  if (!meaning) {
    if (name) name.complain("the value " + text::quoted(text) + " is used before anything makes it");
    return {};
  }
  return meaning->transposed_by ? written_out(*meaning, text) : meaning->value;
}

/// Adds the transposition that leave_transposed() put off.
ValueId JsonOperation::written_out(Meaning& meaning, std::string_view name) {
  const ValueId weight = meaning.value;
  JsonOperation late(program_, scope_, std::exchange(meaning.transposed_by, {}));
  late.emit(Op::transpose, {weight},
            PermAttrs{program_.builder.ints(aten::last_two_swapped(late.rank(weight)))});
  return scope_.find(name)->value;
}

ValueId JsonOperation::tensor_at(std::size_t position) {
  const Argument& a = arguments_[position];
  if (a.tag == "as_tensor") return named(a.value.at("name"));
  if (a.tag == "as_optional_tensor") return named(a.value.at("as_tensor").at("name"));
  return {};
}

std::vector<ValueId> JsonOperation::tensors_at(std::size_t position) {
  const Argument& a = arguments_[position];
  std::vector<ValueId> list;
  const auto add = [&](JsonValue one) { list.push_back(named(one.at("name"))); };
  if (a.tag == "as_tensors")
    a.value.each_element(add);
  else if (a.tag == "as_nested_tensors")
    a.value.each_element([&](JsonValue inner) { inner.each_element(add); });
  else if (a.tag == "as_optional_tensors")
    a.value.each_element([&](JsonValue one) {
      const auto there = one.find("as_tensor");
      list.push_back(there ? named(there.at("name")) : ValueId());
    });
  else if (const auto one = tensor_at(position); one.valid())
    list.push_back(one);
  return list;
}

/// Of a number beside the first tensor among the arguments.
Dtype JsonOperation::scalar_type(std::string_view tag) const {
  Dtype beside = Dtype::unknown;
  for (const auto& a : arguments_)
    if (a.tag == "as_tensor" && beside == Dtype::unknown)
      if (const auto* meaning = scope_.find(a.value.at("name").text()))
        beside = program_.type(meaning->value).dtype;
  return aten::scalar_beside(beside, tag == "as_bool" || tag == "as_sym_bool",
                             tag == "as_int" || tag == "as_sym_int");
}

ValueId JsonOperation::operand_at(std::size_t position) {
  const Argument& a = arguments_[position];
  if (a.tag == "as_tensor" || a.tag == "as_optional_tensor") return tensor_at(position);
  const auto type = scalar_type(a.tag);
  if (a.tag == "as_int") return program_.scalar(type, std::to_string(a.value.integer()));
  if (a.tag == "as_float") return program_.scalar(type, aten::written(a.value.real()));
  if (a.tag == "as_bool") return program_.scalar(type, a.value.flag() ? "1" : "0");
  if (a.tag == "as_complex") return program_.scalar(Dtype::c64, "complex");
  const auto symbol = a.value.is(JsonKind::object) ? a.value.find("as_name") : JsonValue();
  return symbol ? program_.scalar(type, std::string(symbol.text())) : ValueId();
}

std::optional<std::int64_t> JsonOperation::decided(JsonValue argument) const {
  const auto [tag, value] = member(argument);
  if (tag == "as_int") return value.integer();
  const auto sym = tag == "as_name" ? scope_.sym_int(value.text()) : JsonValue();
  const Dim size = sym ? program_.sizes.size(sym) : Dim();
  return size.is_known() ? std::optional(size.size()) : std::nullopt;
}

std::optional<std::int64_t> JsonOperation::number_at(std::size_t position) const {
  const auto& a = arguments_[position];
  if (a.tag == "as_int") return a.value.integer();
  if (a.tag == "as_bool") return a.value.flag() ? 1 : 0;
  return a.tag == "as_sym_int" ? decided(a.value) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> JsonOperation::integers_at(std::size_t position) const {
  const auto& a = arguments_[position];
  std::vector<std::int64_t> list;
  if (a.tag == "as_ints")
    a.value.each_element([&](JsonValue n) { list.push_back(n.integer()); });
  else if (a.tag == "as_bools")
    a.value.each_element([&](JsonValue flag) { list.push_back(flag.flag() ? 1 : 0); });
  else if (a.tag == "as_sym_ints")
    a.value.each_element([&](JsonValue n) { list.push_back(decided(n).value_or(-1)); });
  else
    return std::nullopt;
  return list;
}

std::optional<double> JsonOperation::real_at(std::size_t position) const {
  const auto& a = arguments_[position];
  return a.tag == "as_float" ? std::optional(a.value.real()) : std::nullopt;
}

std::optional<bool> JsonOperation::flag_at(std::size_t position) const {
  const auto& a = arguments_[position];
  if (a.tag == "as_bool") return a.value.flag();
  return a.tag == "as_int" ? std::optional(a.value.integer() != 0) : std::nullopt;
}

std::string_view JsonOperation::word_at(std::size_t position) const {
  const auto& a = arguments_[position];
  return a.tag == "as_string" || a.tag == "as_operator" ? a.value.text() : std::string_view{};
}

std::pair<ValueId, bool> JsonOperation::weight_at(std::size_t position) {
  const auto& a = arguments_[position];
  Meaning* meaning = a.tag == "as_tensor" ? scope_.find(a.value.at("name").text()) : nullptr;
  if (meaning && meaning->transposed_by) return {meaning->value, true};
  return {tensor_at(position), false};
}

TypeId JsonOperation::result_type(std::size_t position) {
  const auto meta = position < results_.size() ? scope_.meta(results_[position]) : JsonValue();
  if (meta) return program_.sizes.type(meta);
  complain(position < results_.size()
               ? "the value " + text::quoted(results_[position]) + " has no entry in tensor_values"
               : "the operator should have more results than it has");
  return program_.types.make(Dtype::unknown, {});
}

void JsonOperation::place(NodeId n, std::span<const ValueId> inputs) {
  if (source_.valid()) program_.builder.source(n, source_);
  const auto root = program_.provenance.root();
  ModuleId module = module_.valid() ? module_ : root;
  const bool known = module_.valid() && (module_ != root || !program_.mangled);
  for (auto v = inputs.begin(); !known && module == root && v != inputs.end(); ++v)
    if (v->valid() && program_.is_weight(*v))
      if (const auto owner = program_.owner(*v); owner.valid()) module = owner;
  program_.builder.module(n, module);
}

void JsonOperation::leave_transposed(ValueId weight) {
  if (!results_.empty()) scope_.define(results_[0], {weight, node_});
}

void JsonOperation::define_all(std::span<const ValueId> values) {
  if (values.size() != results_.size())
    return complain("it has " + std::to_string(results_.size()) + " results, and the graph inside it makes " +
                    std::to_string(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) scope_.define(results_[i], {values[i]});
}

std::optional<std::pair<ValueId, ValueId>> JsonOperation::exchange(std::size_t position) {
  const auto& a = arguments_[position];
  if (a.tag != "as_tensor" || results_.empty()) return std::nullopt;
  Meaning* changed = scope_.find(a.value.at("name").text());
  const Meaning* made = scope_.find(results_[0]);
  if (!changed || !made) return std::nullopt;
  const auto before = std::exchange(*changed, *made);
  return std::pair(before.value, made->value);
}

}  // namespace alidade::dynamo
