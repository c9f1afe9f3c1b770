// The order of nodes: checked, sorted where it must be, and regions numbered parents first, those of a node
// together.
#include <algorithm>
#include <functional>
#include <queue>
#include <string>

#include "builder_state.hpp"

namespace alidade {

/// The node of `region` that is, or holds at some depth, `user`; invalid when there is none.
NodeId GraphBuilder::State::holder_in(NodeId user, RegionId region) const {
  while (user.valid() && arrays->nodes[user.index].region != region)
    user = arrays->regions[arrays->nodes[user.index].region.index].owner;
  return user;
}

template <class F>
bool GraphBuilder::State::each_dependency(F&& f) const {
  const auto& a = *arrays;
  const auto use = [&](ValueId v, NodeId user) {
    const NodeId maker = v.valid() ? a.values[v.index].producer : NodeId();
    if (!maker.valid()) return true;
    const NodeId holder = holder_in(user, a.nodes[maker.index].region);
    if (holder.valid()) f(maker, holder);
    return holder.valid();
  };
  for (std::size_t n = 0; n < a.nodes.size(); ++n)
    for (std::uint32_t i = 0; i < a.nodes[n].inputs_count; ++i)
      if (!use(a.operands[a.nodes[n].inputs_first + i], NodeId(n))) return false;
  for (std::size_t r = 0; r < results.size(); ++r)
    for (const ValueId v : results[r]) {
      const NodeId maker = v.valid() ? a.values[v.index].producer : NodeId();
      if (maker.valid() && a.nodes[maker.index].region.index != r && !use(v, a.regions[r].owner))
        return false;
    }
  return true;
}

/// Whether each argument of a region is used in it, or in regions inside.
bool GraphBuilder::State::arguments_are_seen() const {
  const auto& a = *arrays;
  if (a.regions.size() == 1) return true;
  PerValue<RegionId> home(a.values.size());
  for (std::size_t r = 1; r < arguments.size(); ++r)
    for (const ValueId v : arguments[r]) home[v] = RegionId(r);
  const auto hidden = [&](ValueId v, NodeId user) {
    return v.valid() && home[v].valid() && !holder_in(user, home[v]).valid();
  };
  for (std::size_t n = 0; n < a.nodes.size(); ++n)
    for (std::uint32_t i = 0; i < a.nodes[n].inputs_count; ++i)
      if (hidden(a.operands[a.nodes[n].inputs_first + i], NodeId(n))) return false;
  for (std::size_t r = 0; r < results.size(); ++r)
    for (const ValueId v : results[r])
      if (v.valid() && home[v] != RegionId(r) && hidden(v, a.regions[r].owner)) return false;
  return true;
}

Result<void> GraphBuilder::State::sort_regions() {
  PerNode<std::uint32_t> place(arrays->nodes.size());
  for (const auto& nodes : order)
    for (std::size_t i = 0; i < nodes.size(); ++i) place[nodes[i]] = static_cast<std::uint32_t>(i);
  bool sorted = true;
  if (!each_dependency([&](NodeId maker, NodeId user) { sorted = sorted && place[maker] < place[user]; }) ||
      !arguments_are_seen())
    return fail(Fault::model, "a value is used outside the region that makes it");
  return sorted ? Result<void>{} : sort_all(place);
}

/// Kahn's algorithm over all regions at once, always taking the ready node that was added first.
Result<void> GraphBuilder::State::sort_all(const PerNode<std::uint32_t>& place) {
  const std::size_t count = arrays->nodes.size();
  PerNode<std::uint32_t> waits(count), first(count + 1);
  each_dependency([&](NodeId maker, NodeId user) { ++waits[user], ++first[NodeId(maker.index + 1)]; });
  for (std::size_t i = 0; i < count; ++i) first[NodeId(i + 1)] += first[NodeId(i)];
  std::vector<NodeId> users(first[NodeId(count)]);
  auto next = first;
  each_dependency([&](NodeId maker, NodeId user) { users[next[maker]++] = user; });

  const auto later = [&](NodeId a, NodeId b) { return std::pair(place[a], a) > std::pair(place[b], b); };
  std::priority_queue<NodeId, std::vector<NodeId>, decltype(later)> ready(later);
  for (std::size_t i = 0; i < count; ++i)
    if (waits[NodeId(i)] == 0) ready.push(NodeId(i));
  for (auto& nodes : order) nodes.clear();
  std::size_t done = 0;
  for (; !ready.empty(); ++done) {
    const NodeId n = ready.top();
    ready.pop();
    order[arrays->nodes[n.index].region.index].push_back(n);
    for (auto u = first[n]; u < first[NodeId(n.index + 1)]; ++u)
      if (--waits[users[u]] == 0) ready.push(users[u]);
  }
  return done == count ? Result<void>{} : cycle(waits);
}

/// Walks back from any waiting node until one repeats: that is a cycle, printed by name.
std::unexpected<Error> GraphBuilder::State::cycle(const PerNode<std::uint32_t>& waits) const {
  PerNode<NodeId> cause(waits.size());
  each_dependency([&](NodeId maker, NodeId user) {
    if (waits[maker] > 0 && waits[user] > 0) cause[user] = maker;
  });
  NodeId at(static_cast<std::size_t>(std::ranges::find_if(waits.rows(), [](auto w) { return w > 0; }) -
                                     waits.rows().begin()));
  for (std::size_t i = 0; i < waits.size(); ++i) at = cause[at];
  std::vector<NodeId> ring{at};
  for (NodeId n = cause[at]; n != at; n = cause[n]) ring.push_back(n);
  std::string names;
  for (auto n = ring.rbegin(); n != ring.rend(); ++n)
    names += "'" + std::string(text(arrays->nodes[n->index].name)) + "' -> ";
  names += "'" + std::string(text(arrays->nodes[ring.back().index].name)) + "'";
  return fail(Fault::model, "the graph has a cycle: " + names);
}

/// Numbers regions breadth first and writes their node, argument and result ranges.
void GraphBuilder::State::lay_out_regions() {
  auto& a = *arrays;
  std::vector<std::vector<std::uint32_t>> held(!a.nodes.empty() && a.regions.size() > 1 ? a.nodes.size() : 0);
  for (std::size_t r = 1; r < a.regions.size(); ++r)
    held[a.regions[r].owner.index].push_back(static_cast<std::uint32_t>(r));
  std::vector<std::uint32_t> old_of_new{0};
  std::vector<RegionRow> rows;
  for (std::size_t r = 0; r < old_of_new.size(); ++r) {
    const auto old = old_of_new[r];
    RegionRow row{a.regions[old].owner, static_cast<std::uint32_t>(a.node_order.size()),
                  static_cast<std::uint32_t>(order[old].size())};
    for (const NodeId n : order[old]) {
      a.node_order.push_back(n);
      a.nodes[n.index].region = RegionId(r);
      if (held.empty() || held[n.index].empty()) continue;
      a.nodes[n.index].regions_first = static_cast<std::uint32_t>(old_of_new.size());
      a.nodes[n.index].regions_count = static_cast<std::uint32_t>(held[n.index].size());
      old_of_new.insert(old_of_new.end(), held[n.index].begin(), held[n.index].end());
    }
    const auto store = [&](const std::vector<ValueId>& list, std::uint32_t& first, std::uint32_t& size) {
      first = static_cast<std::uint32_t>(a.operands.size()), size = static_cast<std::uint32_t>(list.size());
      a.operands.insert(a.operands.end(), list.begin(), list.end());
    };
    store(arguments[old], row.args_first, row.args_count);
    store(results[old], row.results_first, row.results_count);
    rows.push_back(row);
  }
  a.regions = std::move(rows);
}

}  // namespace alidade
