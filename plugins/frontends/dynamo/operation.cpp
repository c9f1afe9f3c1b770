#include "operation.hpp"

#include <algorithm>
#include <cmath>

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

/// Whether the results of the operator share their elements with another tensor.
bool is_view(Op maker) {
  return maker == Op::slice || maker == Op::split || maker == Op::expand || maker == Op::reshape ||
         maker == Op::transpose;
}

std::string written(double x) {
  if (std::isfinite(x)) return text::number(x);
  return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
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

Operation::Operation(Weave& weave, Scope& scope, JsonValue node) : weave_(weave), scope_(scope), node_(node) {
  node.each_member([&](std::string_view key, JsonValue value) {
    if (key == "target")
      foreign_ = value.text();
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
  if (foreign_.empty()) node.complain("the node has no target");
  if (foreign_.starts_with(kOps)) foreign_.erase(0, kOps.size());
  if (name_.empty() && !results_.empty()) name_ = results_[0];
  module_ = weave_.provenance.module(metadata_), source_ = weave_.provenance.source(metadata_);
}

std::string_view Operation::space() const { return std::string_view(foreign_).substr(0, foreign_.find('.')); }
std::string_view Operation::base() const {
  auto rest = std::string_view(foreign_).substr(std::min(foreign_.size(), space().size() + 1));
  return rest.substr(0, rest.find('.'));
}
std::string_view Operation::overload() const {
  const auto used = space().size() + base().size() + 2;
  return used < foreign_.size() ? std::string_view(foreign_).substr(used) : std::string_view{};
}

const Operation::Argument* Operation::find(std::string_view name) const {
  const auto found = std::ranges::find(arguments_, name, &Argument::name);
  const bool none = found == arguments_.end() || found->tag == "as_none" ||
                    (found->tag == "as_optional_tensor" && found->value.find("as_none"));
  return none ? nullptr : &*found;
}

ValueId Operation::named(JsonValue name) {
  const auto text = name.text();
  Meaning* meaning = scope_.find(text);
  if (!meaning) {
    if (name) name.complain("the value " + text::quoted(text) + " is used before anything makes it");
    return {};
  }
  return meaning->transposed_by ? written_out(*meaning, text) : meaning->value;
}

/// Adds the transposition that leave_transposed() put off.
ValueId Operation::written_out(Meaning& meaning, std::string_view name) {
  const ValueId weight = meaning.value;
  Operation late(weave_, scope_, std::exchange(meaning.transposed_by, {}));
  const std::int64_t swap[] = {1, 0};
  late.emit(Op::transpose, {weight}, PermAttrs{weave_.builder.ints(swap)});
  return scope_.find(name)->value;
}

ValueId Operation::tensor(const Argument& a) {
  if (a.tag == "as_tensor") return named(a.value.at("name"));
  if (a.tag == "as_optional_tensor") return named(a.value.at("as_tensor").at("name"));
  return {};
}

std::vector<ValueId> Operation::tensors(const Argument& a) {
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
  else if (const auto one = tensor(a); one.valid())
    list.push_back(one);
  return list;
}

std::vector<ValueId> Operation::every_tensor() {
  std::vector<ValueId> all;
  for (const auto& a : arguments_)
    for (const ValueId v : tensors(a))
      if (v.valid()) all.push_back(v);
  return all;
}

/// A number beside a tensor takes the tensor's type, as PyTorch promotes it.
Dtype Operation::scalar_type(std::string_view tag) const {
  Dtype beside = Dtype::unknown;
  for (const auto& a : arguments_)
    if (a.tag == "as_tensor" && beside == Dtype::unknown)
      if (const auto* meaning = scope_.find(a.value.at("name").text()))
        beside = weave_.type(meaning->value).dtype;
  const bool truth = tag == "as_bool" || tag == "as_sym_bool",
             whole = truth || tag == "as_int" || tag == "as_sym_int";
  if (is_floating(beside) || (whole && beside != Dtype::unknown && beside != Dtype::boolean)) return beside;
  return truth ? Dtype::boolean : whole ? Dtype::i64 : Dtype::f32;
}

ValueId Operation::operand(const Argument& a) {
  if (a.tag == "as_tensor" || a.tag == "as_optional_tensor") return tensor(a);
  const auto type = scalar_type(a.tag);
  if (a.tag == "as_int") return weave_.scalar(type, std::to_string(a.value.integer()));
  if (a.tag == "as_float") return weave_.scalar(type, written(a.value.real()));
  if (a.tag == "as_bool") return weave_.scalar(type, a.value.flag() ? "1" : "0");
  if (a.tag == "as_complex") return weave_.scalar(Dtype::c64, "complex");
  const auto symbol = a.value.is(JsonKind::object) ? a.value.find("as_name") : JsonValue();
  return symbol ? weave_.scalar(type, std::string(symbol.text())) : ValueId();
}

std::optional<std::int64_t> Operation::decided(JsonValue argument) const {
  const auto [tag, value] = member(argument);
  if (tag == "as_int") return value.integer();
  const auto sym = tag == "as_name" ? scope_.sym_int(value.text()) : JsonValue();
  const Dim size = sym ? weave_.types.size(sym) : Dim();
  return size.is_known() ? std::optional(size.size()) : std::nullopt;
}

std::optional<std::int64_t> Operation::number(std::string_view name) const {
  const auto* a = find(name);
  if (!a) return std::nullopt;
  if (a->tag == "as_int") return a->value.integer();
  if (a->tag == "as_bool") return a->value.flag() ? 1 : 0;
  return a->tag == "as_sym_int" ? decided(a->value) : std::nullopt;
}

std::vector<std::int64_t> Operation::integers(std::string_view name) const {
  std::vector<std::int64_t> list;
  const auto* a = find(name);
  if (!a) return list;
  if (a->tag == "as_ints")
    a->value.each_element([&](JsonValue n) { list.push_back(n.integer()); });
  else if (a->tag == "as_sym_ints")
    a->value.each_element([&](JsonValue n) { list.push_back(decided(n).value_or(-1)); });
  else if (const auto n = number(name))
    list.push_back(*n);
  return list;
}

std::size_t Operation::count(std::string_view name) const { return has(name) ? find(name)->value.size() : 0; }

std::optional<double> Operation::real(std::string_view name) const {
  const auto* a = find(name);
  if (!a) return std::nullopt;
  if (a->tag == "as_float") return a->value.real();
  if (const auto n = number(name)) return static_cast<double>(*n);
  return std::nullopt;
}

bool Operation::flag(std::string_view name, bool fallback) const {
  const auto* a = find(name);
  if (!a) return fallback;
  if (a->tag == "as_bool") return a->value.flag();
  return a->tag == "as_int" ? a->value.integer() != 0 : fallback;
}

std::string_view Operation::word(std::string_view name) const {
  const auto* a = find(name);
  return a && (a->tag == "as_string" || a->tag == "as_operator") ? a->value.text() : std::string_view{};
}

std::pair<ValueId, bool> Operation::weight(std::string_view name) {
  const auto* a = find(name);
  Meaning* meaning = a && a->tag == "as_tensor" ? scope_.find(a->value.at("name").text()) : nullptr;
  if (meaning && meaning->transposed_by) return {meaning->value, true};
  return {tensor(name), false};
}

std::int64_t Operation::axis(ValueId of, std::int64_t dim) const {
  return dim < 0 ? dim + std::max(rank(of), 1) : dim;
}

std::vector<std::int64_t> Operation::axes(ValueId of, std::string_view name) const {
  auto list = integers(name);
  for (auto& dim : list) dim = axis(of, dim);
  return list;
}

TypeId Operation::result_type(std::size_t position) {
  const auto meta = position < results_.size() ? scope_.meta(results_[position]) : JsonValue();
  if (meta) return weave_.types.tensor(meta);
  complain(position < results_.size()
               ? "the value " + text::quoted(results_[position]) + " has no entry in tensor_values"
               : "the operator should have more results than it has");
  return weave_.types.make(Dtype::unknown, {});
}

void Operation::place(NodeId n, std::span<const ValueId> inputs) {
  if (source_.valid()) weave_.builder.source(n, source_);
  const auto root = weave_.provenance.root();
  ModuleId module = module_.valid() ? module_ : root;
  const bool told = module_.valid() && (module_ != root || !weave_.mangled);
  for (auto v = inputs.begin(); !told && module == root && v != inputs.end(); ++v)
    if (v->valid() && weave_.is_weight(*v))
      if (const auto owner = weave_.owner(*v); owner.valid()) module = owner;
  weave_.builder.module(n, module);
}

/// Absent operands at the end are left out.
NodeId Operation::emit(Op op, std::span<const ValueId> inputs) {
  while (!inputs.empty() && !inputs.back().valid()) inputs = inputs.first(inputs.size() - 1);
  const NodeId n = weave_.node(op, scope_.named(name_), foreign_, inputs);
  place(n, inputs);
  for (std::size_t i = 0; i < results_.size(); ++i)
    scope_.define(results_[i], {weave_.result(scope_.named(results_[i]), result_type(i))});
  return n;
}

ValueId Operation::step(Op op, std::span<const ValueId> inputs, TypeId type, std::string_view suffix) {
  const auto name = scope_.named(name_) + "/" + std::string(suffix);
  place(weave_.node(op, name, foreign_, inputs), inputs);
  return weave_.result(name, type);
}

void Operation::leave_transposed(ValueId weight) {
  if (!results_.empty()) scope_.define(results_[0], {weight, node_});
}

void Operation::define(std::span<const ValueId> values) {
  if (values.size() != results_.size())
    return complain("it has " + std::to_string(results_.size()) + " results, and the graph inside it makes " +
                    std::to_string(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) scope_.define(results_[i], {values[i]});
}

void Operation::rebind(std::string_view name) {
  const auto* a = find(name);
  if (!a || a->tag != "as_tensor" || results_.empty()) return;
  Meaning* changed = scope_.find(a->value.at("name").text());
  const Meaning* made = scope_.find(results_[0]);
  if (!changed || !made) return;
  if (is_view(weave_.maker(changed->value)) && class_of(weave_.maker(made->value)) != OpClass::view)
    ++weave_.view_writes;
  *changed = *made;
}

}  // namespace alidade::dynamo
