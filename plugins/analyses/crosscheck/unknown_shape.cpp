#include "unknown_shape.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade::crosscheck {
namespace {

std::string maker(const Graph& graph, ValueId v) {
  auto value = text::quoted(graph.name(v));
  const NodeId node = graph.producer(v);
  if (!node.valid()) return value;
  const auto foreign = std::string(graph.foreign(node));
  const bool opaque = graph.op(node) == Op::opaque && !foreign.empty();
  return value + " (" + text::printable(opaque ? foreign : layer_label(graph, node)) + ")";
}

std::string why(const Graph& graph, ValueId v, std::span<const std::string> of_data) {
  const auto type = graph.type(v);
  if (!type.ranked) return "the shape of " + maker(graph, v) + " is unknown";
  const auto open = std::ranges::find_if(type.dims, [](Dim d) { return !d.is_known(); });
  if (open == type.dims.end()) return {};
  if (!open->is_symbolic()) return "a size of " + maker(graph, v) + " is unknown";
  const auto size = std::string(graph.expression(open->symbol()));
  const bool data = std::ranges::any_of(
      symbols_in(size), [&](const auto& name) { return std::ranges::find(of_data, name) != of_data.end(); });
  return "the size " + text::printable(size) + " of " + maker(graph, v) +
         (data ? " depends on data" : " has no value");
}

}  // namespace

std::string why_unknown(const Graph& graph, NodeId node, std::span<const std::string> of_data) {
  for (const ValueId v : graph.inputs(node))
    if (v.valid())
      if (auto found = why(graph, v, of_data); !found.empty()) return found;
  for (const ValueId v : graph.outputs(node))
    if (auto found = why(graph, v, of_data); !found.empty()) return found;
  return "the work of " + text::quoted(graph.name(node)) + " is unknown";
}

}  // namespace alidade::crosscheck
