// What placers find under each objective, against all placements that there are.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

#include "alidade/sdk/placement_value.hpp"
#include "every_placement.hpp"
#include "host/plugins/guard.hpp"
#include "host/plugins/plugins.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

constexpr double kPatience = 600;  // also on a machine that does much else
constexpr std::array kAll{Objective::time, Objective::energy, Objective::latency, Objective::throughput};

int graphs_asked_for(int otherwise) {
  const char* asked = std::getenv("ALIDADE_PLACEMENT_GRAPHS");
  return asked ? std::atoi(asked) : otherwise;
}

/// Up to 12 steps on two devices, up to 7 on three.
PlacementTask next_task(Dice& dice, int i) {
  const bool two = i % 3 != 2;
  auto task = random_limited_task(dice, dice.roll(1, two ? 12 : 7), two ? 2 : 3);
  task.objective = kAll.at(static_cast<std::size_t>(i) % kAll.size());
  return task;
}

std::unique_ptr<Placer> placer(const std::string& name, const OptionValues& options = {}) {
  static host::Plugins plugins({ALIDADE_PLUGIN_DIR});
  const auto loaded = plugins.find(name);
  REQUIRE(loaded);
  auto made = host::make_component<Placer>(**loaded, options);
  REQUIRE(made);
  return std::move(*made);
}

bool has_ilp() { return host::Plugins({ALIDADE_PLUGIN_DIR}).find("ilp").has_value(); }

}  // namespace

TEST_CASE("what a placement takes is what the objective's words mean") {
  Dice dice(3);
  for (int i = 0; i < 400; ++i) {
    const auto task = next_task(dice, i);
    const PlacementMeter meter(task);
    DeviceOf on;
    for (std::size_t step = 0; step < task.before.size(); ++step)
      on.push_back(
          static_cast<std::uint8_t>(dice.roll(0, static_cast<std::uint32_t>(task.devices.size()) - 1)));
    INFO("graph " << i << ", " << name(task.objective));
    const Meaning meaning(task, on);
    if (std::isfinite(meaning.taken())) REQUIRE(meter(on) == Approx(meaning.taken()).epsilon(1e-12));
    bool runs = true;
    for (std::size_t step = 0; step < on.size(); ++step) runs = runs && task.devices[on[step]].runs(step);
    REQUIRE((runs && fits(task, on)) == meaning.possible());
  }
}

TEST_CASE("no placement goes below the bound, and for sums on two devices one reaches it") {
  Dice dice(4);
  for (int i = 0; i < graphs_asked_for(200); ++i) {
    auto task = next_task(dice, i);
    for (auto& device : task.devices) device.room.reset();
    INFO("graph " << i << ", " << name(task.objective) << " of " << task.before.size() << " operators");
    const double least = least_of_all(task), bound = least_value(task);
    REQUIRE(bound <= least * (1 + 1e-12));
    if (is_sum(task.objective) && task.devices.size() == 2) REQUIRE(bound == Approx(least).epsilon(1e-12));
  }
}

TEST_CASE("a search finds the best of small graphs nearly always, and never breaks a limit") {
  Dice dice(5);
  int best = 0, all = 0;
  for (int i = 0; i < graphs_asked_for(200); ++i) {
    const auto task = next_task(dice, i);
    const double least = least_of_all(task);
    const auto found = local_search(task, {});
    INFO("graph " << i << ", " << name(task.objective));
    if (!found) continue;  // a search need not find what there is
    REQUIRE(std::isfinite(least));
    const Meaning meaning(task, *found);
    REQUIRE(meaning.possible());
    REQUIRE(meaning.taken() >= least * (1 - 1e-12));
    ++all, best += meaning.taken() <= least * (1 + 1e-9);
  }
  CHECK(best >= all * 0.95);
  CHECK(all >= graphs_asked_for(200) * 0.8);
}

TEST_CASE("an integer programme finds the best of all placements, and says that nothing takes less") {
  if (!has_ilp()) {
    WARN("there is no placer 'ilp' here: it was built without CBC");
    return;
  }
  Dice dice(6);
  const auto ilp = placer("ilp", {{"seconds", kPatience}});
  for (int i = 0; i < graphs_asked_for(200); ++i) {
    const auto task = next_task(dice, i);
    const double least = least_of_all(task);
    const auto draft = ilp->place(task);
    INFO("graph " << i << ", " << name(task.objective) << " of " << task.before.size() << " operators");
    REQUIRE(draft.has_value() == std::isfinite(least));
    if (!draft) continue;
    const Meaning meaning(task, draft->device_of);
    REQUIRE(meaning.possible());
    REQUIRE(meaning.taken() == Approx(least).epsilon(1e-9));
    REQUIRE(*draft->least <= least * (1 + 1e-12));
    REQUIRE(*draft->least == Approx(least).epsilon(1e-5));
  }
}

TEST_CASE("a programme with few subgraphs finds the best of all placements that have so few") {
  if (!has_ilp()) {
    WARN("there is no placer 'ilp' here: it was built without CBC");
    return;
  }
  Dice dice(7);
  const auto ilp = placer("ilp", {{"seconds", kPatience}, {"max_subgraph_count", std::int64_t{2}}});
  for (int i = 0; i < graphs_asked_for(60); ++i) {
    auto task = next_task(dice, i);
    if (task.devices.size() > 2) continue;
    const auto few = [&](const DeviceOf& on) { return partitions_of(task.before, on, 2).size() <= 2; };
    const double least = least_of_all(task, few);
    const auto draft = ilp->place(task);
    INFO("graph " << i << ", " << name(task.objective) << " of " << task.before.size() << " operators");
    REQUIRE(draft.has_value() == std::isfinite(least));
    if (!draft) continue;
    const auto partitions = checked_partitions(task, *draft);
    REQUIRE(partitions);
    REQUIRE(partitions->size() <= 2);
    REQUIRE(Meaning(task, draft->device_of).taken() == Approx(least).epsilon(1e-9));
  }
}

TEST_CASE("placers answer the same every time") {
  Dice dice(8);
  for (int i = 0; i < 12; ++i) {
    const auto task = next_task(dice, i);
    for (const std::string name : {"local", "ilp"}) {
      if (name == "ilp" && !has_ilp()) continue;
      const auto once = placer(name)->place(task), twice = placer(name)->place(task);
      REQUIRE(once.has_value() == twice.has_value());
      if (once) REQUIRE(once->device_of == twice->device_of);
    }
  }
}
