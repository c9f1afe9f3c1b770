#include "ordered_groups.hpp"

#include <algorithm>
#include <queue>

namespace alidade::fusion {
namespace {

std::vector<std::uint32_t> places_in_order(const Grouping& grouping, const Dag& before) {
  const auto count = grouping.stops.size();
  std::vector<std::uint32_t> exit(count, 0), waits(count, 0), place(count, 0);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (std::uint32_t step = 0; step < grouping.group.size(); ++step) {
    exit[grouping.group[step]] = step;
    for (const auto earlier : before.of(step))
      if (grouping.group[earlier] != grouping.group[step])
        edges.emplace_back(grouping.group[earlier], grouping.group[step]);
  }
  std::ranges::sort(edges);
  edges.erase(std::ranges::unique(edges).begin(), edges.end());
  for (const auto& edge : edges) ++waits[edge.second];
  using Ready = std::pair<std::uint32_t, std::uint32_t>;  // where it ends, which it is
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (std::uint32_t g = 0; g < count; ++g)
    if (waits[g] == 0) ready.emplace(exit[g], g);
  for (std::uint32_t next = 0; !ready.empty(); ++next) {
    const auto group = ready.top().second;
    ready.pop(), place[group] = next;
    for (auto edge = std::ranges::lower_bound(edges, std::pair(group, std::uint32_t{0}));
         edge != edges.end() && edge->first == group; ++edge)
      if (--waits[edge->second] == 0) ready.emplace(exit[edge->second], edge->second);
  }
  return place;
}

}  // namespace

OrderedGroups ordered_groups(const FusionInput& input, const Grouping& grouping) {
  OrderedGroups out;
  out.place = places_in_order(grouping, input.order().before());
  out.group_of = PerNode<std::uint32_t>(input.graph().node_count(), Grouping::kNone);
  std::vector<std::uint32_t> at(out.place.size(), 0);
  for (const auto g : grouping.group) ++at[out.place[g]];
  std::uint32_t sum = 0;
  for (auto& count : at) {
    const auto first = sum;
    sum += count, count = first;
  }
  out.members.resize(sum);
  for (std::uint32_t step = 0; step < grouping.group.size(); ++step) {
    const auto place = out.place[grouping.group[step]];
    out.members[at[place]++] = input.node(step);
    out.group_of[input.node(step)] = place;
  }
  out.end = std::move(at);
  return out;
}

}  // namespace alidade::fusion
