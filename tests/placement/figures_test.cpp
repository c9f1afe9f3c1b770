// What a placement says of itself, on times that are worked out by hand.
#include <catch2/catch.hpp>

#include "alidade/ir/print.hpp"
#include "alidade/results/placement.hpp"
#include "random_task.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

Graph three_steps() {
  return std::move(
      *parse("graph \"g\" {\n"
             "  input %x : f32[250]\n"
             "  %a = relu(%x) : f32[250]\n"
             "  %b = exp(%a) : f32[250]\n"
             "  %c = log(%b) : f32[250]\n"
             "  return %c\n"
             "}\n"));
}

/// a, b and c one after the other, 1 kB between them: 3 s from device to device. The wanted device takes 1 s
/// for each, the other 10 s; the wanted one does not run b.
PlacementTask task_of(const Graph& graph) {
  PlacementTask task;
  task.graph = &graph;
  for (const NodeId n : graph.body()) task.nodes.push_back(n);
  task.before = dag_of({{}, {0}, {1}});
  const std::vector<std::optional<Bound>> memory(3, Bound::memory);
  task.devices = {{"npu", std::vector<Verdict>(3), {1, 1, 1}, memory, Seconds(0.5)},
                  {"cpu", std::vector<Verdict>(3), {10, 10, 10}, memory, Seconds(0.25)}};
  task.devices[0].verdicts[1] = {Verdict::How::unsupported, 1, "no exponentials"};
  for (const std::uint32_t maker : {0u, 1u})
    task.tensors.push_back({graph.outputs(task.nodes[maker])[0], maker, {maker + 1}, Bytes(1000)});
  task.links.assign(4, {Seconds(2), 1000});
  return task;
}

Placement placed(const Graph& graph, const PlacementTask& task, const DeviceOf& device_of) {
  CostProfile cost;
  cost.nodes = PerNode<NodeCost>(graph.node_count());
  const Draft draft{device_of, {}, {}};
  return placement_of(task, draft, *checked_partitions(task, draft), cost);
}

}  // namespace

TEST_CASE("the time of a placement is that of its steps, its transfers and each device that is used") {
  const auto graph = three_steps();
  const auto task = task_of(graph);
  const auto split = placed(graph, task, {0, 1, 0});
  CHECK(split.time.steps.value == 12);
  CHECK(split.time.transfers.value == 6);
  CHECK(split.time.fixed.value == 0.75);
  CHECK(split.partitions.size() == 3);
  CHECK(split.partitions[1].in.value == 1000);
  CHECK(split.partitions[1].out.value == 1000);
  CHECK(split.partitions[1].bound == Bound::memory);
  CHECK(split.moved().value == 2000);
  CHECK(split.gap() == 0);
  CHECK(split.advice() == "");
  CHECK(split.summary() ==
        "npu 2/3 ops, cpu 1; 3 partitions, 2 transfers, 2.00 kB; 18.8 s (npu alone impossible: aten::exp, "
        "cpu alone "
        "30.2 s); top reason: no exponentials");
}

TEST_CASE("a margin is what everything takes longer with one operator moved, its transfers among it") {
  const auto graph = three_steps();
  const auto task = task_of(graph);
  const auto late = placed(graph, task, {0, 1, 1});  // 1 + 10 + 10, one transfer, both devices: 24.75 s
  CHECK(late.time.total().value == 24.75);
  CHECK(!late.operators[0].margin);        // it is there
  CHECK(!late.operators[1].margin);        // it cannot be there
  CHECK(*late.operators[2].margin == -6);  // 9 s less, and a transfer of 3 s
  CHECK(late.least == 18.75);
  CHECK(late.gap() == Approx(24.75 / 18.75 - 1));
}

// As many as the second placement takes more than the first, by the sum of all its parts.
TEST_CASE("a margin has what a device takes per run that begins to do something, or stops") {
  const auto graph = three_steps();
  auto task = task_of(graph);
  task.devices[0].verdicts[1] = {};
  const auto cpu_alone = placed(graph, task, {1, 1, 1});
  for (std::size_t step = 0; step < 3; ++step) {
    DeviceOf moved{1, 1, 1};
    moved[step] = 0;
    const double more = placed(graph, task, moved).time.total().value - cpu_alone.time.total().value;
    CHECK(*cpu_alone.operators[step].margin == Approx(more));
  }
  const auto last = placed(graph, task, {0, 0, 1});
  const auto none = placed(graph, task, {0, 0, 0});
  CHECK(*last.operators[2].margin == Approx(none.time.total().value - last.time.total().value));
}

// Room for one of two weights: moving the other there is impossible, and is told so.
TEST_CASE("what has no room on the wanted device has no margin") {
  const auto graph = three_steps();
  auto task = task_of(graph);
  task.devices[0].verdicts[1] = {};
  task.devices[0].room = Bytes(12000), task.devices[1].room = Bytes(100000);
  for (const std::uint32_t reader : {0u, 1u})
    task.weights.push_back({ValueId(), {reader}, std::vector<Bytes>(2, Bytes(8000))});
  const auto split = placed(graph, task, {0, 1, 1});
  CHECK(!split.operators[1].margin);
  CHECK(split.operators[1].wanted.reason == "its weights, 8.00 kB, do not fit beside those that lie there");
  CHECK(split.operators[2].margin);
}

TEST_CASE("when splitting loses, the advice says so and by how much") {
  const auto graph = three_steps();
  auto task = task_of(graph);
  task.devices[1].seconds = {2, 1, 2};
  const auto split = placed(graph, task, {0, 1, 0});  // 3 + 6 + 0.75; the processor alone 5.25
  CHECK(split.advice() == "do not split: all of it on cpu takes 5.25 s, 4.50 s less");
  CHECK(split.least == 5.25);
  task.devices[0].verdicts[1] = {};
  task.devices[0].fixed = Seconds(9);
  CHECK(placed(graph, task, {0, 0, 0}).advice() ==
        "do not move it: all of it on cpu takes 5.25 s, 6.75 s less");
  CHECK(placed(graph, task, {1, 1, 1}).advice() == "");
}

TEST_CASE("what a partition takes in is counted once, where it is read first") {
  const auto graph = three_steps();
  auto task = task_of(graph);
  task.tensors[0].readers = {1, 2};  // a is read by both others
  task.before = dag_of({{}, {0}, {0, 1}});
  task.devices[0].verdicts[2] = {Verdict::How::unsupported, 1, "no logarithms"};
  const auto split = placed(graph, task, {0, 1, 1});
  REQUIRE(split.partitions.size() == 2);
  CHECK(split.partitions[1].in.value == 1000);
  CHECK(split.transfers.size() == 1);
  CHECK(split.time.transfers.value == 3);
}
