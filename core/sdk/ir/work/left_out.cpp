#include "left_out.hpp"

#include <algorithm>

namespace alidade {
namespace {

/// Somebody reads it, or its region gives it back.
bool is_wanted(const Graph& g, NodeId maker, ValueId v) {
  const RegionId region = g.region_of(maker);
  const auto given_back = region == RegionId(0) ? g.outputs() : g.results(region);
  return !g.users(v).empty() || std::ranges::find(given_back, v) != given_back.end();
}

}  // namespace

bool is_left_out(const Graph& graph, NodeId maker, std::size_t i) {
  const auto outputs = graph.outputs(maker);
  const bool may_be = i > 0 || (outputs.size() > 1 && graph.name(outputs[0]).empty());
  return may_be && !graph.type(outputs[i]).size_bytes() && !is_wanted(graph, maker, outputs[i]);
}

}  // namespace alidade
