// A fused group of one operator moves what the cost table says that the operator moves: for every canonical
// operator, drawn at random, with operands that lie behind views, are expanded, or stored in few bits.
#include "alidade/sdk/fusion.hpp"
#include "property.hpp"

using namespace alidade;
using namespace alidade::properties;

namespace {

CostProfile priced(const Graph& graph) {
  CostProfile cost;
  cost.nodes = PerNode<NodeCost>(graph.node_count());
  for (const NodeId n : graph.nodes()) cost.nodes[n].work = work(graph, n).value();
  return cost;
}

/// Every operator by itself; by the backend's rules, or by none at all.
Grouping one_by_one(const FusionInput& input) {
  Grouping out(input.order().size());
  for (std::uint32_t step = 0; step < out.group.size(); ++step) {
    out.group[step] = step;
    out.stops.emplace_back();
  }
  return out;
}

void check_groups(const FusionInput& input, const Grouping& grouping) {
  const auto plan = plan_of(input, grouping, "test", {});
  REQUIRE(plan.has_value());
  for (const auto& group : plan->groups) {
    if (group.count > 1) continue;
    const NodeId n = plan->operators(group)[0];
    if (input.graph().name(n) != "y") continue;
    CHECK(group.unfused == input.cost().nodes[n].work.traffic());
    CHECK(group.fused == group.unfused);
    CHECK(group.sized);
  }
}

}  // namespace

TEST_CASE("a group of one operator moves what the cost table says, whatever the operator") {
  for (int i = 0; i < op_count(); ++i) {
    const auto property = all_properties().find(static_cast<Op>(i));
    if (property == all_properties().end()) continue;  // property_every.cpp fails for it
    Dice dice(static_cast<unsigned>(i) + 5000);
    for (int trial = 0; trial < 60; ++trial) {
      Trial t(property->first, dice);
      property->second(t);
      INFO(t.text());
      const Graph graph = samples::graph_of(t.text());
      const auto cost = priced(graph);
      const FusionInput input(graph, cost);
      check_groups(input, one_by_one(input));
      check_groups(input, pattern_groups(input, Backend::eager, {}));
    }
  }
}

TEST_CASE("a table whose rows are picked more often than there are is read once") {
  for (const std::string op : {"gather", "embedding"})
    for (const auto rows : {2, 4, 20}) {
      const auto n = std::to_string(rows);
      const Graph graph =
          samples::graph_of("input %i : i64[" + n + "]\n parameter %w : f32[4,8]\n %y = " + op +
                            "(%w, %i) {axes=[0]} : f32[" + n + ",8]");
      const NodeId y = samples::node_named(graph, "y");
      CHECK(work(graph, y)->weight == Bytes(static_cast<std::uint64_t>(std::min(rows, 4)) * 32));
    }
  const auto open = [](const std::string& indices) {
    return samples::work_in("input %i : i64[" + indices + "]\n input %w : f32[?,8]\n %y = gather(%w, %i) " +
                            "{axes=[0]} : f32[" + indices + ",8]");
  };
  CHECK(open("1")->traffic_upper() == 8u + 32 + 32);
  CHECK_FALSE(open("5")->traffic_upper().bounded());  // of 2 rows it reads 2
}
