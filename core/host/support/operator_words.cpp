#include "operator_words.hpp"

#include <algorithm>

#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/placer.hpp"

namespace alidade::host {
namespace {

/// "Conv" of "ai.onnx::Conv".
std::string_view without_domain(std::string_view foreign) {
  const auto colons = foreign.rfind("::");
  return colons == std::string_view::npos ? foreign : foreign.substr(colons + 2);
}

}  // namespace

OperatorWords::OperatorWords(const Graph& graph) : graph_(graph), layers_(layer_names(graph)) {}

bool OperatorWords::names(std::string_view word, NodeId node) const {
  const auto foreign = graph_.foreign(node);
  return word == framework_name(graph_, node) || word == name(graph_.op(node)) || word == foreign ||
         word == without_domain(foreign) || word == graph_.name(node) || word == layers_[node];
}

bool OperatorWords::names_in(std::string_view word, NodeId node) const {
  if (names(word, node)) return true;
  return std::ranges::any_of(graph_.regions(node), [&](RegionId region) {
    return std::ranges::any_of(graph_.body(region), [&](NodeId n) { return names_in(word, n); });
  });
}

PerNode<char> OperatorWords::named(std::span<const std::string> words) const {
  PerNode<char> out(graph_.node_count(), 0);
  for (const NodeId n : graph_.nodes())
    out[n] = std::ranges::any_of(words, [&](const auto& word) { return names(word, n); }) ? 1 : 0;
  return out;
}

}  // namespace alidade::host
