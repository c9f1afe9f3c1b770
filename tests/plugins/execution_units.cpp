// Units of execution against a plain walk over the values, and the times that follow from them.
#include "alidade/sdk/execution_units.hpp"

#include <set>

#include "alidade/sdk/serial_schedule.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

using Edges = std::set<std::pair<std::uint32_t, std::uint32_t>>;

Edges edges_of(const Dag& dag) {
  Edges out;
  for (std::uint32_t unit = 0; unit < dag.size(); ++unit)
    for (const auto other : dag.of(unit)) CHECK(out.emplace(unit, other).second);  // each once
  return out;
}

/// From the operands of the nodes, and from nothing else.
Edges walked(const Graph& graph, const ExecutionUnits& units) {
  Edges out;
  for (const auto& [n, before] : producers(graph))
    for (const NodeId p : before)
      if (units.of(p) != units.of(n)) out.emplace(units.of(n), units.of(p));
  return out;
}

const std::string kBranches = R"(input %f : bool[]
input %x : f32[4]
%a = relu(%x) : f32[4]
%y = if(%f) : f32[4] {
  %b = exp(%a) : f32[4]
  %d = tanh(%b) : f32[4]
  yield %d
} {
  yield %a
}
%c = add(%a, %y) : f32[4]
return %c)";

}  // namespace

TEST_CASE("units of random graphs wait for each other as their operators do, forwards and back") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Passes passes(random_body(seed));
    const Dependencies order(passes.graph);
    const ExecutionUnits single(passes.graph, order), groups(passes.graph, order, passes.get<FusionPlan>());
    INFO(to_text(passes.graph));
    for (const auto* units : {&single, &groups}) {
      const Edges expected = walked(passes.graph, *units);
      CHECK(edges_of(units->before()) == expected);
      CHECK(edges_of(units->outermost_before()) == expected);
      Edges turned;
      for (const auto& [unit, other] : edges_of(units->after())) turned.emplace(other, unit);
      CHECK(turned == expected);
    }
    CHECK(groups.size() == passes.get<FusionPlan>().groups.size());
  }
}

TEST_CASE("a nested operator is a unit of its own and part of the one that holds its region") {
  Passes passes(kBranches);
  const Dependencies order(passes.graph);
  const ExecutionUnits single(passes.graph, order), groups(passes.graph, order, passes.get<FusionPlan>());
  const auto node = [&](const std::string& name) { return node_named(passes.graph, name); };
  CHECK(single.outermost() == 3);
  CHECK(single.size() == 5);
  CHECK(single.of(node("b")) == 3);
  CHECK(single.outer(node("b")) == single.of(node("y")));
  CHECK(groups.outermost() == 3);
  CHECK(groups.size() == 4);
  CHECK(groups.of(node("b")) == groups.of(node("d")));
  CHECK(groups.first(3) == node("b"));
  CHECK(groups.last(3) == node("d"));
  CHECK(groups.outer(node("d")) == groups.of(node("y")));
  CHECK(edges_of(groups.outermost_before()) == Edges{{1, 0}, {2, 0}, {2, 1}});
}

TEST_CASE("who reads a constant waits for what decides its size at run time") {
  const auto edges = [](const std::string& size) {
    Passes passes(
        "input %x : f32[4]\n%a = relu(%x) : f32[4]\n%n = cast(%a) : i64[1]\n%k = constant(%n) : f32[" + size +
        "]\n%s = shape_of(%k) : i64[1]\n%y = add(%a, %s) : f32[4]\nreturn %y");
    return edges_of(ExecutionUnits(passes.graph, Dependencies(passes.graph)).before());
  };
  CHECK(edges("?") == Edges{{1, 0}, {2, 1}, {3, 0}, {3, 2}});  // n, then s
  CHECK(edges("4") == Edges{{1, 0}, {3, 0}, {3, 2}});          // s is known beforehand
}

TEST_CASE("a graph without operators has no units") {
  Passes passes("input %x : f32[4]\nreturn %x");
  const Dependencies order(passes.graph);
  const ExecutionUnits single(passes.graph, order), groups(passes.graph, order, passes.get<FusionPlan>());
  CHECK(single.size() + groups.size() == 0);
  CHECK(single.outermost_before().size() + groups.outermost_before().size() == 0);
}

TEST_CASE("the serial schedule runs one operator after another, a node with all that its regions do") {
  Passes passes(kBranches);
  const auto schedule = serial_schedule(passes.graph, passes.get<CostProfile>());
  REQUIRE(schedule.size() == 3);
  CHECK(passes.graph.name(schedule[1].node) == "y");
  CHECK(schedule[1].start.value == schedule[0].duration.value);
  CHECK(schedule[1].duration.value > 0);
  CHECK(schedule[2].start.value == schedule[1].start.value + schedule[1].duration.value);
}

TEST_CASE(
    "the serial schedule without a target takes a microsecond for each MFLOP, and marks what is not known") {
  Passes passes("input %x : f32[1000]\n%a = relu(%x) : f32[1000]\n%b = opaque(%a) : f32[?]\nreturn %b");
  const auto schedule = serial_schedule(passes.graph, passes.get<CostProfile>());
  REQUIRE(schedule.size() == 2);
  CHECK(schedule[0].duration.value == Approx(1e-9));
  CHECK(!schedule[0].at_least);
  CHECK(schedule[1].start.value == Approx(1e-9));
  CHECK(schedule[1].at_least);
}
