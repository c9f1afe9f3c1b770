#include "alidade/sdk/dependencies.hpp"

#include <algorithm>
#include <utility>

#include "alidade/sdk/storage.hpp"

namespace alidade {
namespace {

/// Two nodes of one region that two nodes are, or are part of; none where one is part of the other.
std::pair<NodeId, NodeId> in_one_region(const Graph& graph, NodeId a, NodeId b) {
  while (true) {
    NodeId around = b;
    while (around.valid() && graph.region_of(around) != graph.region_of(a))
      around = graph.owner(graph.region_of(around));
    if (around == a) return {};
    if (around.valid()) return {a, around};
    a = graph.owner(graph.region_of(a));
    if (!a.valid()) return {};
  }
}

/// Calls `take(update, reader)` for who reads a tensor that was updated in place since the value was made
/// which it names: the tensor itself, or a view of it.
template <class Take>
void each_read_of_updated(const Graph& graph, Take&& take) {
  const auto updates = [&](NodeId n) { return updated_operand(graph, n).valid(); };
  if (std::ranges::none_of(graph.nodes(), updates)) return;
  const auto root = storage_roots(graph);
  PerValue<NodeId> last(graph.value_count()),
      known(graph.value_count());  // update of a root; when a value was made
  for (const NodeId n : graph.nodes()) {
    for (const ValueId v : graph.inputs(n))
      if (v.valid() && last[root[v]] != known[v]) take(last[root[v]], n);
    if (const ValueId v = updated_operand(graph, n); v.valid()) last[root[v]] = n;
    for (const ValueId v : graph.outputs(n)) known[v] = last[root[v]];
  }
}

}  // namespace

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
  each_read_of_updated(graph, [&](NodeId update, NodeId reader) {
    const auto [earlier, later] = in_one_region(graph, update, reader);
    if (earlier.valid() && step_[earlier] != NodeId::kNone && step_[later] != NodeId::kNone &&
        step_[earlier] < step_[later])
      found_.emplace_back(step_[later], step_[earlier]);
  });
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
/// Who reads a constant whose size is decided at run time waits for what decides it.
void Dependencies::add_edge(const Graph& graph, ValueId value, NodeId user) {
  if (!value.valid()) return;
  const NodeId maker = graph.producer(value);
  if (!maker.valid()) return;
  if (graph.op(maker) == Op::constant && !graph.type(value).is_static())
    for (const ValueId size : graph.inputs(maker)) add_edge(graph, size, user);
  if (step_[maker] == NodeId::kNone) return;
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
