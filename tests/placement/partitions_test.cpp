// Partitions: as few as there can be, in an order in which they can run; what cannot be is refused.
#include <catch2/catch.hpp>
#include <limits>

#include "random_task.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

/// The least number of runs that carry all steps out, by trying every set of steps as the next run.
class EverySequence {
 public:
  EverySequence(const Dag& before, const DeviceOf& device_of)
      : before_(before), device_of_(device_of), least_(std::size_t{1} << before.size(), 0) {}
  std::size_t least(std::uint32_t done) {
    const std::uint32_t all = (1u << before_.size()) - 1;
    if (done == all) return 0;
    if (least_[done] != 0) return least_[done];
    std::size_t best = std::numeric_limits<std::size_t>::max();
    const auto open = all & ~done;
    for (auto run = open; run != 0; run = (run - 1) & open)
      if (can_run(done, run)) best = std::min(best, 1 + least(done | run));
    return least_[done] = best;
  }

 private:
  bool can_run(std::uint32_t done, std::uint32_t run) const {
    int device = -1;
    for (std::uint32_t step = 0; step < before_.size(); ++step) {
      if (!((run >> step) & 1)) continue;
      if (device >= 0 && device != device_of_[step]) return false;
      device = device_of_[step];
      for (const auto earlier : before_.of(step))
        if (!(((done | run) >> earlier) & 1)) return false;
    }
    return true;
  }
  const Dag& before_;
  const DeviceOf& device_of_;
  std::vector<std::size_t> least_;
};

void check_order(const PlacementTask& task, const DeviceOf& device_of, const Partitions& partitions) {
  for (std::size_t step = 0; step < device_of.size(); ++step) {
    REQUIRE(partitions.devices[partitions.of[step]] == device_of[step]);
    for (const auto earlier : task.before.of(step)) REQUIRE(partitions.of[earlier] <= partitions.of[step]);
  }
}

DeviceOf random_devices(const PlacementTask& task, Dice& dice) {
  DeviceOf out;
  for (std::size_t step = 0; step < task.before.size(); ++step) {
    const bool first = task.devices[0].runs(step), second = task.devices[1].runs(step);
    out.push_back(static_cast<std::uint8_t>(first && second ? dice.roll(0, 1) : second));
  }
  return out;
}

std::string refusal(const PlacementTask& task, const Draft& draft) {
  const auto checked = checked_partitions(task, draft);
  return checked ? "taken" : checked.error().what;
}

/// 0 -> 1 -> 2, and 3 by itself, all of which both devices run.
PlacementTask chain() {
  PlacementTask task;
  task.before = dag_of({{}, {0}, {1}, {}});
  task.nodes.resize(4);
  for (const auto* id : {"wanted", "rest"})
    task.devices.push_back(
        {id, std::vector<Verdict>(4), {1, 1, 1, 1}, std::vector<std::optional<Bound>>(4), {}});
  task.links.resize(4, {Seconds(0), 1});
  return task;
}

}  // namespace

TEST_CASE("of two devices there are as few partitions as any sequence of runs has") {
  Dice dice(7);
  for (int i = 0; i < 300; ++i) {
    const auto task = random_task(dice, dice.roll(1, 8));
    const auto device_of = random_devices(task, dice);
    const auto partitions = partitions_of(task.before, device_of, 2);
    INFO("graph " << i << " of " << task.before.size() << " operators");
    check_order(task, device_of, partitions);
    REQUIRE(partitions.size() == EverySequence(task.before, device_of).least(0));
  }
}

TEST_CASE("partitions of more devices can run in their order, too") {
  Dice dice(8);
  for (int i = 0; i < 100; ++i) {
    const auto task = random_task(dice, dice.roll(1, 12));
    DeviceOf device_of;
    for (std::size_t step = 0; step < task.before.size(); ++step)
      device_of.push_back(static_cast<std::uint8_t>(dice.roll(0, 3)));
    check_order(task, device_of, partitions_of(task.before, device_of, 4));
  }
}

TEST_CASE("partitions that a placer numbers as it likes are numbered in the order in which they run") {
  const auto checked = checked_partitions(chain(), {{0, 1, 1, 0}, {9, 4, 4, 7}, {}});
  REQUIRE(checked);
  CHECK(checked->size() == 3);
  CHECK(checked->of[0] < checked->of[1]);
  CHECK(checked->of[1] == checked->of[2]);
}

TEST_CASE("what a placer may not answer is refused") {
  auto task = chain();
  CHECK(refusal(task, {{0, 0, 0}, {}, {}}) == "the placement has 3 steps, and the model 4");
  CHECK(refusal(task, {{0, 0, 0, 2}, {}, {}}) == "step 3 is placed on device 2 of 2");
  CHECK(refusal(task, {{0, 0, 0, 0}, {0, 0, 0}, {}}) == "the partitions have 3 steps, and the model 4");
  CHECK(refusal(task, {{0, 1, 0, 0}, {0, 0, 1, 1}, {}}) ==
        "step 0 and step 1 are in one partition, and on two devices");
  CHECK(refusal(task, {{0, 1, 0, 0}, {0, 1, 0, 0}, {}}) ==
        "the partition of step 0 waits for itself: a path leaves it and comes back");
  task.devices[0].verdicts[2] = {Verdict::How::unsupported, 1, "it is too wide"};
  CHECK(refusal(task, {{0, 0, 0, 0}, {}, {}}) ==
        "step 2 is placed on 'wanted', which does not run it: it is too wide");
}
