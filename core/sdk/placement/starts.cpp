// Placements that are near at hand: where a search begins.
#include "starts.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace alidade {
namespace {

bool can_be(const PlacementTask& task, const DeviceOf& device_of) {
  for (std::size_t step = 0; step < device_of.size(); ++step)
    if (!task.devices[device_of[step]].runs(step)) return false;
  return true;
}

/// The objective's part of a step; of one that is no sum, its time.
double own_cost(const PlacementTask& task, std::size_t device, std::size_t step) {
  return step_cost(task, is_sum(task.objective) ? task.objective : Objective::time, device, step);
}

std::uint8_t cheapest(const PlacementTask& task, std::size_t step) {
  std::size_t best = 0;
  for (std::size_t d = 1; d < task.devices.size(); ++d)
    if (own_cost(task, d, step) < own_cost(task, best, step)) best = d;
  return static_cast<std::uint8_t>(best);
}

/// Each step where it takes least, whatever is moved for it; the first device that runs it.
DeviceOf each(const PlacementTask& task, bool cheapest_one) {
  DeviceOf out(task.before.size(), 0);
  for (std::size_t step = 0; step < out.size(); ++step) {
    if (cheapest_one) out[step] = cheapest(task, step);
    while (!task.devices[out[step]].runs(step) && out[step] + 1u < task.devices.size()) ++out[step];
  }
  return out;
}

/// Steps by what their weights take, the largest first, each on the device where it takes least of those that
/// have room for them; those with the fewest devices before all others.
std::optional<DeviceOf> first_fit(const PlacementTask& task) {
  std::vector<std::uint32_t> order(task.before.size());
  std::iota(order.begin(), order.end(), 0u);
  HeldWeights held(task);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t step) {
    std::uint64_t most = 0;
    for (std::size_t d = 0; d < task.devices.size(); ++d) most = std::max(most, held.more(d, step).value);
    const auto devices =
        std::ranges::count_if(task.devices, [&](const auto& device) { return device.runs(step); });
    return std::pair(devices, ~most);
  });
  DeviceOf out(task.before.size(), 0);
  for (const auto step : order) {
    std::optional<std::size_t> best;
    for (std::size_t d = 0; d < task.devices.size(); ++d)
      if (task.devices[d].runs(step) && held.has_room(d, step) &&
          (!best || own_cost(task, d, step) < own_cost(task, *best, step)))
        best = d;
    if (!best) return std::nullopt;
    held.put(*best, step), out[step] = static_cast<std::uint8_t>(*best);
  }
  return out;
}

}  // namespace

DeviceOf fewest_partitions(const PlacementTask& task) {
  const auto count = static_cast<std::uint32_t>(task.devices.size());
  DeviceOf best;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (std::uint32_t first = 0; first < count; ++first) {  // devices take turns, this one first
    std::vector<std::uint32_t> turn(task.before.size(), 0);
    DeviceOf now(task.before.size());
    std::uint32_t last = 0;
    for (std::size_t step = 0; step < now.size(); ++step) {
      for (const auto earlier : task.before.of(step)) turn[step] = std::max(turn[step], turn[earlier]);
      std::uint32_t tried = 0;
      while (!task.devices[(first + turn[step]) % count].runs(step) && ++tried < count) ++turn[step];
      now[step] = static_cast<std::uint8_t>((first + turn[step]) % count);
      last = std::max(last, turn[step]);
    }
    if (last < fewest) fewest = last, best = std::move(now);
  }
  return best;
}

std::vector<DeviceOf> placement_starts(const PlacementTask& task) {
  std::vector<DeviceOf> out;
  if (task.devices.size() == 2) {
    auto sum = task;
    if (!is_sum(task.objective)) sum.objective = Objective::time;
    if (auto best = least_sum(sum)) out.push_back(std::move(*best));
  }
  for (std::size_t d = 0; d < task.devices.size(); ++d)
    out.emplace_back(task.before.size(), static_cast<std::uint8_t>(d));
  out.push_back(each(task, true)), out.push_back(each(task, false));
  out.push_back(fewest_partitions(task));
  if (auto placed = first_fit(task)) out.push_back(std::move(*placed));
  std::erase_if(out, [&](const DeviceOf& one) { return !can_be(task, one); });
  return out;
}

}  // namespace alidade
