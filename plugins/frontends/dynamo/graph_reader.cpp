#include "graph_reader.hpp"

#include "alidade/base/text.hpp"
#include "aten/rules.hpp"

namespace alidade::dynamo {

std::optional<PartOfSubclass> part_of_subclass(JsonValue node) {
  constexpr std::string_view kTarget = "torch.ops.export.access_subclass_inner_tensor.default";
  const auto target = node.find("target");
  if (!target.is(JsonKind::string) || target.text() != kTarget) return std::nullopt;
  PartOfSubclass part;
  node.at("inputs").each_element([&](JsonValue input) {
    if (const auto tensor = input.at("arg").find("as_tensor")) part.whole = tensor.at("name").text();
    if (const auto name = input.at("arg").find("as_string")) part.attribute = name.text();
  });
  node.at("outputs").each_element([&](JsonValue output) {
    if (const auto tensor = output.find("as_tensor")) part.made = tensor.at("name");
  });
  return part.whole.empty() || !part.made ? std::nullopt : std::optional(part);
}

namespace {

/// False where the file has more nodes than may be read.
bool read_node(GraphDraft& draft, ProgramScope& scope, JsonValue node) {
  if (draft.nodes() >= draft.request.max_nodes) {
    node.complain("the graph has more than " + text::grouped(draft.request.max_nodes) + " nodes", kMoreNodes,
                  Fault::limit);
    return false;
  }
  if (const auto part = part_of_subclass(node); part && scope.find(part->made.text())) return true;
  JsonOperation operation(draft, scope, node);
  if (operation.space() != "higher_order" || !add_higher_order(operation)) aten::add_nodes(operation);
  return !node.failed();
}

}  // namespace

void read_nodes(GraphDraft& draft, ProgramScope& scope, std::span<const JsonValue> nodes) {
  while (!nodes.empty()) {
    if (begins_examples(nodes[0])) {
      const auto count = examples_end(nodes);
      read_examples(draft, scope, nodes.first(count));
      if (nodes[0].failed()) return;
      nodes = nodes.subspan(count);
      continue;
    }
    if (!is_examples_marker(nodes[0]) && !read_node(draft, scope, nodes[0])) return;
    nodes = nodes.subspan(1);
  }
}

void read_nodes(GraphDraft& draft, ProgramScope& scope, JsonValue graph) {
  std::vector<JsonValue> nodes;
  graph.at("nodes").each_element([&](JsonValue node) { nodes.push_back(node); });
  if (!graph.failed()) read_nodes(draft, scope, nodes);
}

ValueId output_value(ProgramScope& scope, JsonValue argument) {
  const auto tensor = argument.find("as_tensor");
  if (!tensor) return {};
  const auto name = tensor.at("name");
  const auto* meaning = scope.find(name.text());
  if (!meaning)
    name.complain("the value " + text::quoted(name.text()) + " is an output, and nothing makes it");
  return meaning ? meaning->value : ValueId();
}

std::vector<ValueId> read_outputs(ProgramScope& scope, JsonValue graph) {
  std::vector<ValueId> outputs;
  graph.at("outputs").each_element([&](JsonValue argument) {
    if (const ValueId v = output_value(scope, argument); v.valid()) outputs.push_back(v);
  });
  return outputs;
}

}  // namespace alidade::dynamo
