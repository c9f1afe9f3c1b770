#include <fmt/format.h>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/bound_size.hpp"
#include "declare.hpp"
#include "keep_stored.hpp"
#include "map/call.hpp"
#include "translate.hpp"

namespace alidade::onnx_file {
namespace {

/// The values a graph gives back; false with an error when one is made by nobody.
bool graph_outputs(ReadState& r, NameScope& scope, const GraphView& g, std::vector<std::uint32_t>& indices) {
  for (const auto& v : g.outputs) {
    const auto index = scope.find(v.name);
    if (index == kNoIndex || r.values[index].state == Value::State::mentioned)
      return r.refuse(Fault::model,
                      fmt::format("the graph output {} is made by no node, input or initializer",
                                  text::quoted(v.name))),
             false;
    indices.push_back(index);
  }
  return true;
}

/// A shape that the caller gave for an input of the model.
void reshape_input(ReadState& r, std::uint32_t index, std::size_t place) {
  Value& value = r.values[index];
  auto asked = r.request.input_shapes.find(value.name);
  if (asked == r.request.input_shapes.end() && place == 0) asked = r.request.input_shapes.find("");
  if (asked == r.request.input_shapes.end()) return;
  const TensorType stated = r.types[value.type];
  std::vector<Dim> dims(asked->second.begin(), asked->second.end());
  for (std::size_t d = 0; d < dims.size() && d < stated.rank(); ++d)
    if (asked->second[d] < 0) dims[d] = stated.dims[d];
  value.type = r.types.make(r.types[value.type].dtype, dims);
}

ValueKind input_kind(Text spec_kind) {
  return spec_kind == "PARAMETER" ? ValueKind::parameter
         : spec_kind == "BUFFER"  ? ValueKind::buffer
                                  : ValueKind::input;
}

}  // namespace

bool translate_model(ReadState& r, NameScope& scope) {
  const GraphView& g = r.model.graph;
  Declaration declaration(r, scope, g);
  if (!declaration.run()) return false;
  const auto inputs = declaration.inputs();
  std::vector<ValueInfo>().swap(r.model.graph.values);  // their types are known now
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    reshape_input(r, inputs[i], i);
    Value& value = r.values[inputs[i]];
    value.id = r.builder.value(input_kind(r.origin(value).spec_kind), value.name, value.type);
    for (const Dim d : r.types[value.type].dims) {
      if (!d.is_symbolic()) continue;
      const auto text = r.types.sizes.expression(d);
      if (auto size = bound_size(text, r.bindings); !size) return r.refuse(std::move(size).error()), false;
      for (auto& name : symbols_in(text)) r.input_symbols.insert(std::move(name));
    }
  }
  if (r.error || !translate_main_body(r, scope)) return false;
  std::vector<std::uint32_t> outputs;
  if (!graph_outputs(r, scope, g, outputs)) return false;
  for (const auto index : outputs) r.builder.output(r.id_of(index));
  keep_unread(r, 0);
  return true;
}

namespace {

/// Whether a loop's condition is one that never ends it.
bool goes_on(ReadState& r, const NameScope& scope, const GraphView& g, std::uint32_t condition,
             std::uint32_t argument) {
  for (int hop = 0; hop < 16; ++hop) {
    if (condition == argument) return true;
    if (const Literal* l = r.literal_of(condition))
      return l->elements.size() == 1 && l->elements[0].is_number() && l->elements[0].whole != 0;
    const Value& v = r.values[condition];
    if (v.state != Value::State::made || v.home != &scope || v.producer >= g.body.nodes.size()) return false;
    const Node& maker = g.body.nodes[v.producer];
    if ((maker.op != "Identity" && maker.op != "Cast") || maker.inputs.count != 1) return false;
    condition = scope.find(g.body.inputs[maker.inputs.first]);
    if (condition == kNoIndex) return false;
  }
  return false;
}

}  // namespace

namespace {

/// The scope of a subgraph; false with an error when graphs are nested too deeply.
bool open_scope(ReadState& r, const NameScope& around, NameScope& scope) {
  scope.parent = &around, scope.opsets = around.opsets, scope.prefix = around.prefix,
  scope.module = around.module;
  scope.references = around.references, scope.absent = around.absent;
  scope.regions = around.regions + 1, scope.calls = around.calls;
  if (scope.regions <= r.request.max_region_depth) return true;
  r.refuse(Fault::limit,
           fmt::format("graphs are nested {} deep, allowed {}", scope.regions, r.request.max_region_depth),
           {}, raise_limit("max_region_depth"));
  return false;
}

/// What the caller knows of a region's argument beats what the subgraph states.
void settle_argument(ReadState& r, Value& value, const RegionValue& given) {
  const bool stated = r.keep_shapes && !given.widened;
  if (given.type.valid()) value.type = stated ? r.merged(value.type, given.type) : given.type;
  if (given.list) r.set_sequence(value, *given.list);
}

RegionValue what_is_known(ReadState& r, std::uint32_t index) {
  const Value& value = r.values[index];
  RegionValue known{value.type};
  if (const Sequence* list = r.sequence_of(value)) known.list = *list;
  if (const Literal* literal = r.literal_of(index)) known.literal = *literal;
  return known;
}

}  // namespace

std::optional<RegionTypes> translate_region(ReadState& r, NameScope& around, NodeId owner, const GraphView& g,
                                            std::span<const RegionValue> arguments) {
  NameScope scope;
  if (r.damage.found() || !open_scope(r, around, scope)) return std::nullopt;
  r.builder.begin_region(owner);
  const std::size_t first = r.values.size();
  Declaration declaration(r, scope, g);
  RegionTypes types;
  bool ok = declaration.run();
  const auto inputs = ok ? declaration.inputs() : std::vector<std::uint32_t>{};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Value& value = r.values[inputs[i]];
    if (i < arguments.size()) settle_argument(r, value, arguments[i]);
    value.id = r.builder.argument(scope.shown(value.name), value.type);
    types.arguments.push_back(what_is_known(r, inputs[i]));
    if (i < arguments.size() && arguments[i].literal) r.set_literal(inputs[i], *arguments[i].literal);
  }
  std::vector<std::uint32_t> outputs;
  ok = ok && !r.error && translate_body(r, g.body, scope) && graph_outputs(r, scope, g, outputs);
  std::vector<ValueId> results;
  for (const auto index : outputs)
    results.push_back(r.id_of(index)), types.results.push_back(what_is_known(r, index));
  keep_unread(r, first);
  r.builder.end_region(results);
  types.goes_on = ok && !outputs.empty() && inputs.size() > 1 && goes_on(r, scope, g, outputs[0], inputs[1]);
  return ok ? std::optional(std::move(types)) : std::nullopt;
}

/// The node's output is what the subgraph made, under the node's name.
void hand_back(Call& call, std::size_t k, std::uint32_t index, const NameScope& inside) {
  ReadState& r = call.reading();
  const Value made = r.values[index];
  Value& out = call.out(k);
  if (made.home != &inside || made.state == Value::State::stored) {
    call.set_type(k, made.type), out.literal = made.literal, out.sequence = made.sequence;
    return call.identity_of(index, k);
  }
  const Value before = out;
  out = made, out.name = before.name, out.producer = before.producer, out.home = before.home;
  if (before.type.valid()) out.type = r.merged(before.type, made.type);
}

std::optional<std::vector<std::uint32_t>> translate_trip(ReadState& r, const NameScope& around,
                                                         NameScope& scope, const GraphView& g,
                                                         std::span<const std::uint32_t> inputs) {
  const std::string prefix = std::move(scope.prefix);
  if (!open_scope(r, around, scope)) return std::nullopt;
  scope.prefix = prefix;
  for (std::size_t i = 0; i < inputs.size() && i < g.inputs.size(); ++i)
    if (inputs[i] != kNoIndex)
      scope.names.add(g.inputs[i].name, inputs[i]);
    else
      scope.absent.insert(g.inputs[i].name);
  const std::size_t first = r.values.size();
  Declaration declaration(r, scope, g);
  std::vector<std::uint32_t> outputs;
  const bool ok =
      declaration.run() && translate_body(r, g.body, scope) && graph_outputs(r, scope, g, outputs);
  keep_unread(r, first);
  return ok && !r.error ? std::optional(std::move(outputs)) : std::nullopt;
}

bool translate_in_place(Call& call, Text graph) {
  ReadState& r = call.reading();
  const GraphView g = decode_graph(graph, r.damage);
  NameScope scope;
  if (r.damage.found() || !open_scope(r, call.scope(), scope)) return false;
  const std::size_t first = r.values.size();
  Declaration declaration(r, scope, g);
  std::vector<std::uint32_t> outputs;
  if (!declaration.run()) return false;
  for (std::size_t k = 0; k < call.outputs() && k < g.outputs.size(); ++k)
    if (call.has_output(k))
      scope.renamed.try_emplace(g.outputs[k].name, call.scope().shown(call.out(k).name));
  if (!translate_body(r, g.body, scope) || !graph_outputs(r, scope, g, outputs)) return false;
  for (std::size_t k = 0; k < call.outputs() && k < outputs.size(); ++k)
    if (call.has_output(k)) hand_back(call, k, outputs[k], scope);
  keep_unread(r, first);
  return !r.error;
}

}  // namespace alidade::onnx_file
