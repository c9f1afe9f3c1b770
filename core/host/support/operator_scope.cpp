#include "operator_scope.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "alidade/ir/arrays.hpp"
#include "alidade/sdk/placer.hpp"

namespace alidade::host {
namespace {

using query::Value;

std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }

std::vector<TensorType> types(const Graph& graph, auto&& values) {
  std::vector<TensorType> out;
  for (const ValueId v : values)
    if (v.valid()) out.push_back(graph.type(v));
  return out;
}
std::vector<TensorType> operands(const Graph& g, NodeId n) { return types(g, g.inputs(n)); }
std::vector<TensorType> results(const Graph& g, NodeId n) { return types(g, g.outputs(n)); }

/// Of the first operand; of an operator without one, of what it makes.
std::optional<TensorType> main_type(const Graph& g, NodeId n) {
  for (const auto& list : {operands(g, n), results(g, n)})
    if (!list.empty()) return list.front();
  return std::nullopt;
}
Value dtype(const std::optional<TensorType>& type) {
  return type ? Value(std::string(name(type->dtype))) : Value();
}
Value rank(const std::optional<TensorType>& type) {
  return type && type->ranked ? Value(whole(type->rank())) : Value();
}
std::optional<TensorType> result_type(const Graph& g, NodeId n) {
  const auto list = results(g, n);
  return list.empty() ? std::nullopt : std::optional(list.front());
}

Value is_dynamic(const Graph& g, NodeId n) {
  for (const auto& list : {operands(g, n), results(g, n)})
    if (!std::ranges::all_of(list, &TensorType::is_static)) return true;
  return false;
}
bool any_type(const Graph& g, NodeId n, auto&& wanted) {
  for (const auto& list : {operands(g, n), results(g, n)})
    if (std::ranges::any_of(list, [&](const TensorType& t) { return wanted(t.dtype); })) return true;
  return false;
}

Value elements(const Graph& g, NodeId n) {
  const auto type = result_type(g, n);
  const auto count = type ? type->elements() : std::nullopt;
  const auto number = count ? count->get() : std::nullopt;
  return number ? Value(static_cast<std::int64_t>(*number)) : Value();
}
Value largest_dim(const Graph& g, NodeId n) {
  std::int64_t most = 0;
  for (const auto& list : {operands(g, n), results(g, n)})
    for (const auto& type : list)
      for (const Dim d : type.dims) most = std::max(most, d.is_known() ? d.size() : 0);
  return most;
}
/// What is made along the axes is as long as what is read: a choice of all.
Value whole_axis(const Graph& g, NodeId n) {
  const auto read = main_type(g, n), made = result_type(g, n);
  if (!read || !made || !read->is_static() || !made->is_static()) return {};
  return std::ranges::equal(read->dims, made->dims);
}

NodeId maker_of_first(const Graph& g, NodeId n) {
  const auto inputs = g.inputs(n);
  return inputs.empty() || !inputs[0].valid() ? NodeId() : g.producer(inputs[0]);
}
/// What makes the first operand: "conv"; nothing where no operator does.
Value behind(const Graph& g, NodeId n) {
  const auto maker = maker_of_first(g, n);
  return maker.valid() ? Value(std::string(name(g.op(maker)))) : Value();
}

constexpr std::string_view kPrecision = "precision";  // of the target, not of the graph

struct Field {
  std::string_view name;
  Value (*of)(const Graph&, NodeId);
};
constexpr Field kFields[] = {
    {"op", [](const Graph& g, NodeId n) -> Value { return std::string(name(g.op(n))); }},
    {"class", [](const Graph& g, NodeId n) -> Value { return std::string(name(class_of(g.op(n)))); }},
    {"foreign", [](const Graph& g, NodeId n) -> Value { return std::string(g.foreign(n)); }},
    {"framework", [](const Graph& g, NodeId n) -> Value { return framework_name(g, n); }},
    {"dtype", [](const Graph& g, NodeId n) { return dtype(main_type(g, n)); }},
    {"out_dtype", [](const Graph& g, NodeId n) { return dtype(result_type(g, n)); }},
    {"integer",
     [](const Graph& g, NodeId n) -> Value {
       const auto type = main_type(g, n);
       return type && is_integer(type->dtype);
     }},
    {"complex", [](const Graph& g, NodeId n) -> Value { return any_type(g, n, is_complex); }},
    {"rank", [](const Graph& g, NodeId n) { return rank(main_type(g, n)); }},
    {"out_rank", [](const Graph& g, NodeId n) { return rank(result_type(g, n)); }},
    {"operands", [](const Graph& g, NodeId n) -> Value { return whole(operands(g, n).size()); }},
    {"dynamic", is_dynamic},
    {"elements", elements},
    {"largest_dim", largest_dim},
    {"whole_axis", whole_axis},
    {"behind", behind},
};

Value attribute(const Graph&, std::int64_t value) { return value; }
Value attribute(const Graph&, double value) { return value; }
Value attribute(const Graph& graph, StringId text) { return std::string(graph.text(text)); }
Value attribute(const Graph&, IntList list) { return std::int64_t{list.count}; }
Value attribute(const Graph&, const Spatial& sizes) {
  const auto end = sizes.at.begin() + sizes.rank;
  return sizes.rank == 0 ? Value() : Value(*std::max_element(sizes.at.begin(), end));
}

template <class Rows, class F>
void each_family(F&& f) {
  [&]<class... A>(std::type_identity<std::tuple<std::vector<A>...>>) {
    (f(std::type_identity<A>()), ...);
  }(std::type_identity<Rows>());
}
using Rows = decltype(GraphArrays::attrs);

/// The attribute of that name; nothing where the operator has none such.
Value attribute_of(const Graph& graph, NodeId node, std::string_view wanted) {
  Value out;
  each_family<Rows>([&]<class A>(std::type_identity<A>) {
    if (family_of(graph.op(node)) != A::family) return;
    A::fields([&](std::string_view name, auto member) {
      if (name == wanted) out = attribute(graph, graph.attrs<A>(node).*member);
    });
  });
  return out;
}

void append(std::string& key, const auto& plain) {
  key.append(reinterpret_cast<const char*>(&plain), sizeof plain);
}
void append(std::string& key, const Value& value) {
  append(key, value.index());
  std::visit(
      [&]<class T>(const T& held) {
        if constexpr (std::is_same_v<T, std::string>)
          key.append(held).push_back('\0');
        else if constexpr (!std::is_same_v<T, std::monostate>)
          append(key, held);
      },
      value);
}
void append_types(std::string& key, const Graph& graph, auto&& values) {
  for (const ValueId v : values) append(key, v.valid() ? graph.type_id(v) : TypeId());
  append(key, values.size());
}

const std::vector<std::string>& all_names() {
  static const auto all = [] {
    std::vector<std::string> out{std::string(kPrecision)};
    for (const auto& field : kFields) out.emplace_back(field.name);
    each_family<Rows>([&]<class A>(std::type_identity<A>) {
      A::fields([&](std::string_view name, auto) {
        if (std::ranges::find(out, name) == out.end()) out.emplace_back(name);
      });
    });
    return out;
  }();
  return all;
}

/// By name what a field is of; a null pointer for an attribute and for what is not of the graph.
using FieldValue = Value (*)(const Graph&, NodeId);
const std::unordered_map<std::string_view, FieldValue>& fields_by_name() {
  static const auto all = [] {
    std::unordered_map<std::string_view, FieldValue> out;
    for (const auto& name : all_names()) out.emplace(name, nullptr);
    for (const auto& field : kFields) out[field.name] = field.of;
    return out;
  }();
  return all;
}

bool is_name(std::string_view name) { return fields_by_name().contains(name); }

}  // namespace

std::string configuration_of(const Graph& graph, NodeId node) {
  std::string key;
  append(key, graph.op(node));
  key.append(graph.foreign(node)).push_back('\0');
  append_types(key, graph, graph.inputs(node)), append_types(key, graph, graph.outputs(node));
  const auto maker = maker_of_first(graph, node);
  append(key, maker.valid() ? graph.op(maker) : graph.op(node)), append(key, maker.valid());
  each_family<Rows>([&]<class A>(std::type_identity<A>) {
    if (family_of(graph.op(node)) != A::family) return;
    A::fields(
        [&](std::string_view, auto member) { append(key, attribute(graph, graph.attrs<A>(node).*member)); });
  });
  return key;
}

query::Value OperatorScope::field(std::string_view name) const {
  if (name == kPrecision) return std::string(alidade::name(precision_));
  const auto known = fields_by_name().find(name);
  const bool of_graph = known != fields_by_name().end() && known->second;
  return of_graph ? known->second(graph_, node_) : attribute_of(graph_, node_, name);
}
bool OperatorScope::knows(std::string_view name) const { return is_name(name); }
std::vector<std::string> OperatorScope::names() const { return all_names(); }
bool OperatorNames::knows(std::string_view name) const { return is_name(name); }
std::vector<std::string> OperatorNames::names() const { return all_names(); }

}  // namespace alidade::host
