#include "alidade/sdk/dependencies.hpp"

#include <algorithm>

namespace alidade {

std::size_t region_count(const Graph& graph) {
  std::size_t count = 1;
  for (const NodeId n : graph.nodes())
    for (const RegionId r : graph.regions(n)) count = std::max<std::size_t>(count, r.index + std::size_t{1});
  return count;
}

Dependencies::Dependencies(const Graph& graph) : step_(graph.node_count(), NodeId::kNone) {
  number(graph);
  const std::size_t regions = region_count(graph);
  for (const NodeId n : nodes_)
    for (const ValueId v : graph.inputs(n)) add_edge(graph, v, n);
  for (std::size_t r = 1; r < regions; ++r)
    for (const ValueId v : graph.results(RegionId(r))) add_edge(graph, v, graph.owner(RegionId(r)));
  sort_edges();
}

std::uint32_t Dependencies::outer_step(const Graph& graph, NodeId n) const {
  while (graph.region_of(n) != RegionId(0)) n = graph.owner(graph.region_of(n));
  return step_[n];
}

void Dependencies::number(const Graph& graph) {
  nodes_.reserve(graph.node_count());
  const std::size_t regions = region_count(graph);
  for (std::size_t r = 0; r < regions; ++r) {
    for (const NodeId n : graph.body(RegionId(r)))
      if (graph.op(n) != Op::constant)
        step_[n] = static_cast<std::uint32_t>(nodes_.size()), nodes_.push_back(n);
    if (r == 0) outermost_ = nodes_.size();
  }
}

/// A use inside a nested region becomes one by the node around it, in the region where the value was made.
void Dependencies::add_edge(const Graph& graph, ValueId value, NodeId user) {
  if (!value.valid()) return;
  const NodeId maker = graph.producer(value);
  if (!maker.valid() || step_[maker] == NodeId::kNone) return;
  while (graph.region_of(user) != graph.region_of(maker)) {
    user = graph.owner(graph.region_of(user));
    if (!user.valid() || user == maker) return;  // the result of a region, read by the node that holds it
  }
  if (user != maker) found_.emplace_back(step_[user], step_[maker]);
}

/// Edges by user, each once, in the order in which the user names them.
void Dependencies::sort_edges() {
  std::vector<std::uint32_t> end(nodes_.size() + 1, 0);
  for (const auto& [user, earlier] : found_) ++end[user + 1];
  for (std::size_t i = 1; i < end.size(); ++i) end[i] += end[i - 1];
  std::vector<std::uint32_t> sorted(found_.size()), at(end.begin(), end.end());
  for (const auto& [user, earlier] : found_) sorted[at[user]++] = earlier;
  std::vector<std::uint32_t> seen_by(nodes_.size(), NodeId::kNone);
  before_.edges.reserve(sorted.size());
  before_.edges_end.reserve(nodes_.size());
  for (std::uint32_t user = 0; user < nodes_.size(); ++user) {
    for (auto i = end[user]; i < end[user + 1]; ++i)
      if (seen_by[sorted[i]] != user) seen_by[sorted[i]] = user, before_.edges.push_back(sorted[i]);
    before_.edges_end.push_back(static_cast<std::uint32_t>(before_.edges.size()));
  }
  found_ = {};
}

}  // namespace alidade
