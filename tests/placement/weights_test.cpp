// Which weights lie where a step runs: through views, quantization, regions and what is worked out before.
#include <catch2/catch.hpp>
#include <map>

#include "alidade/ir/print.hpp"
#include "alidade/sdk/placement_value.hpp"
#include "host/placement/weights.hpp"

using namespace alidade;

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

/// `before` are the nodes that a compiler works out before the model runs.
PerNode<std::uint32_t> steps_without(const Graph& graph, const std::vector<std::string>& before) {
  PerNode<std::uint32_t> out(graph.node_count(), kNone);
  std::uint32_t next = 0;
  for (const NodeId n : graph.body())
    if (std::ranges::find(before, graph.name(n)) == before.end()) out[n] = next++;
  for (const NodeId n : graph.nodes())
    if (graph.region_of(n) != RegionId(0)) out[n] = out[graph.owner(graph.region_of(n))];
  return out;
}

/// "w" -> the steps that read it.
std::map<std::string, std::vector<std::uint32_t>, std::less<>> readers(
    const std::string& text, const std::vector<std::string>& before) {
  const auto graph = parse("graph \"g\" {\n" + text + "}\n");
  if (!graph) FAIL(to_text(graph.error()));
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> out;
  for (const auto& weight : host::weights_read(*graph, steps_without(*graph, before), kNone))
    out.emplace(graph->name(weight.value), weight.readers);
  return out;
}

}  // namespace

TEST_CASE("a weight that several steps read is one, through views and quantization") {
  const auto found = readers(
      "  input %x : f32[4,8]\n"
      "  parameter %w : i8[8,8]\n"
      "  parameter %s : f32[1]\n"
      "  %d = dequantize(%w, %s) : f32[8,8]\n"
      "  %a = linear(%x, %d) : f32[4,8]\n"
      "  %r = reshape(%d) : f32[8,8]\n"
      "  %b = linear(%a, %r) : f32[4,8]\n"
      "  return %b\n",
      {"d", "r"});
  CHECK(found.at("w") == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("what regions read is read by the step around them") {
  const auto found = readers(
      "  input %x : f32[4]\n"
      "  input %c : bool[]\n"
      "  parameter %p : f32[4]\n"
      "  %a = relu(%x) : f32[4]\n"
      "  %y = if(%c) : f32[4] {\n"
      "    %l = add(%a, %p) : f32[4]\n"
      "    yield %l\n"
      "  } {\n"
      "    yield %a\n"
      "  }\n"
      "  return %y\n",
      {});
  CHECK(found.size() == 1);
  CHECK(found.at("p") == std::vector<std::uint32_t>{1});
}

TEST_CASE("what is worked out before the model runs is as much as what it is made of") {
  const auto found = readers(
      "  input %x : f32[4]\n"
      "  parameter %p : f32[4]\n"
      "  parameter %q : f32[4]\n"
      "  %sum = add(%p, %q) : f32[4]\n"
      "  %y = add(%x, %sum) : f32[4]\n"
      "  return %y\n",
      {"sum"});
  CHECK(found.at("p") == std::vector<std::uint32_t>{0});
  CHECK(found.at("q") == std::vector<std::uint32_t>{0});
}

TEST_CASE("devices fill up step by step, a shared weight counted once on each") {
  PlacementTask task;
  task.before.edges_end = {0, 0};
  task.nodes.resize(2);
  task.devices.resize(2);
  task.devices[0].room = Bytes(10);
  task.weights = {{ValueId(), {0, 1}, {Bytes(8), Bytes(4)}}, {ValueId(), {1}, {Bytes(3), Bytes(3)}}};
  HeldWeights held(task);
  CHECK(held.has_room(0, 0));
  CHECK(!held.has_room(0, 1));
  CHECK(held.has_room(1, 1));
  held.put(0, 0);
  CHECK(held.more(0, 1).value == 3);
  CHECK(!held.has_room(0, 1));
  CHECK(weights_on(task, DeviceOf{0, 1})[0].value == 8);
  CHECK(weights_on(task, DeviceOf{0, 1})[1].value == 7);
  CHECK(weights_on(task, DeviceOf{0, 0})[0].value == 11);
  CHECK(!fits(task, DeviceOf{0, 0}));
  CHECK(fits(task, DeviceOf{0, 1}));
}
