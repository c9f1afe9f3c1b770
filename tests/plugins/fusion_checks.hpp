#pragma once
#include <algorithm>
#include <set>

#include "alidade/results/fusion.hpp"
#include "passes.hpp"

namespace alidade::samples {

/// Everything that a node waits for, directly or not; by a plain walk.
inline std::set<NodeId> ancestors(const std::map<NodeId, std::vector<NodeId>>& before, NodeId n) {
  std::set<NodeId> out;
  std::vector<NodeId> open{n};
  while (!open.empty()) {
    const NodeId at = open.back();
    open.pop_back();
    if (const auto found = before.find(at); found != before.end())
      for (const NodeId p : found->second)
        if (out.insert(p).second) open.push_back(p);
  }
  return out;
}

/// What holds for every plan: each operator in one group, groups convex and in an order that they can run in,
/// traffic fused no more than unfused and no less than what enters and leaves.
inline void check_plan(const Graph& graph, const FusionPlan& plan) {
  INFO(to_text(graph) << json_of(plan, graph));
  const auto before = producers(graph);
  std::vector<int> seen(graph.node_count(), 0);
  for (const NodeId n : plan.members) ++seen[n.index];
  for (const NodeId n : graph.nodes()) CHECK(seen[n.index] == (graph.op(n) == Op::constant ? 0 : 1));
  for (std::uint32_t g = 0; g < plan.groups.size(); ++g) {
    const auto members = plan.operators(plan.groups[g]);
    CHECK(plan.groups[g].fused <= plan.groups[g].unfused);
    for (const NodeId n : members) {
      CHECK(plan.group_of[n] == g);
      const auto found = before.find(n);
      if (found == before.end()) continue;
      for (const NodeId p : found->second) {
        CHECK(plan.group_of[p] <= g);  // in order, and with it no circle of groups
        if (plan.group_of[p] == g) continue;
        for (const NodeId a : ancestors(before, p)) CHECK(plan.group_of[a] != g);  // convex
      }
    }
  }
}

}  // namespace alidade::samples
