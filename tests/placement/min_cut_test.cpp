// The least time on two devices, against all placements that there are.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "random_task.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

/// What a placement takes, added up here: each step, each tensor once to the other device, each device that
/// does anything.
double taken(const PlacementTask& task, std::uint32_t on_second) {
  const auto device = [&](std::size_t step) { return (on_second >> step) & 1; };
  double sum = 0;
  std::set<std::size_t> used;
  for (std::size_t step = 0; step < task.before.size(); ++step)
    sum += task.devices[device(step)].seconds[step], used.insert(device(step));
  for (const auto& tensor : task.tensors) {
    bool moved = false;
    for (const auto reader : tensor.readers) moved = moved || device(reader) != device(tensor.maker);
    const auto& way = task.links[device(tensor.maker) == 0 ? 1 : 2];
    if (moved) sum += way.latency.value + static_cast<double>(tensor.bytes.value) / way.bytes_per_second;
  }
  for (const auto d : used) sum += task.devices[d].fixed.value;
  return sum;
}

bool possible(const PlacementTask& task, std::uint32_t on_second) {
  for (std::size_t step = 0; step < task.before.size(); ++step)
    if (task.devices[(on_second >> step) & 1].verdicts[step].how == Verdict::How::unsupported) return false;
  return true;
}

double best_of_all(const PlacementTask& task) {
  double best = 1e300;
  for (std::uint32_t placement = 0; placement < (1u << task.before.size()); ++placement)
    if (possible(task, placement)) best = std::min(best, taken(task, placement));
  return best;
}

int graphs_asked_for() {
  const char* asked = std::getenv("ALIDADE_PLACEMENT_GRAPHS");  // 10000 takes minutes
  return asked ? std::atoi(asked) : 300;
}

}  // namespace

TEST_CASE("a minimum cut takes as long as the best of all placements of up to 12 operators") {
  Dice dice(2026);
  for (int i = 0; i < graphs_asked_for(); ++i) {
    const auto task = random_task(dice, dice.roll(1, 12));
    const auto found = least_sum(task);
    INFO("graph " << i << " of " << task.before.size() << " operators");
    REQUIRE(found);
    std::uint32_t placement = 0;
    for (std::size_t step = 0; step < found->size(); ++step) placement |= (*found)[step] << step;
    REQUIRE(possible(task, placement));
    REQUIRE(taken(task, placement) == Approx(best_of_all(task)).epsilon(1e-12));
    REQUIRE(time_of(task, *found).total().value == Approx(taken(task, placement)).epsilon(1e-12));
  }
}

TEST_CASE("there is no least time where an operator runs on neither device") {
  Dice dice(1);
  auto task = random_task(dice, 3);
  for (auto& device : task.devices) device.verdicts[1].how = Verdict::How::unsupported;
  CHECK(!least_sum(task));
}

TEST_CASE("a tensor with several readers on the other device is moved once") {
  // 0 on the wanted device alone, 1 and 2 on the other alone, both read what 0 makes: 8 bytes at 4 bytes a
  // second.
  PlacementTask task;
  task.before = dag_of({{}, {0}, {0}});
  task.nodes.resize(3);
  for (const auto* id : {"wanted", "rest"})
    task.devices.push_back(
        {id, std::vector<Verdict>(3), {1, 1, 1}, std::vector<std::optional<Bound>>(3), {}});
  task.devices[1].verdicts[0].how = Verdict::How::unsupported;
  for (const int step : {1, 2}) task.devices[0].verdicts[step].how = Verdict::How::unsupported;
  task.tensors = {{ValueId(), 0, {1, 2}, Bytes(8)}};
  task.links = {{}, {Seconds(0.5), 4}, {Seconds(0.5), 4}, {}};
  const auto time = time_of(task, *least_sum(task));
  CHECK(time.steps.value == 3);
  CHECK(time.transfers.value == 2.5);
}
