// Operators of one device as runs that can follow each other.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "alidade/base/text.hpp"
#include "alidade/sdk/placer.hpp"

namespace alidade {
namespace {

constexpr std::size_t kMostOrders = 24;  // of devices that are tried

/// Devices take turns in one order, again and again. Every step has the first turn of its device that is not
/// before those of the steps that it waits for, so that no path leaves a turn and comes back to it.
std::vector<std::uint32_t> turns(const Dag& before, std::span<const std::uint8_t> device_of,
                                 std::span<const std::uint8_t> order) {
  const auto count = static_cast<std::uint32_t>(order.size());
  std::vector<std::uint32_t> place(order.size()), turn(device_of.size(), 0);
  for (std::uint32_t i = 0; i < count; ++i) place[order[i]] = i;
  for (std::size_t step = 0; step < device_of.size(); ++step) {
    std::uint32_t least = 0;
    for (const auto earlier : before.of(step)) least = std::max(least, turn[earlier]);
    turn[step] = least + (place[device_of[step]] + count - least % count) % count;
  }
  return turn;
}

/// Numbers that are used, as 0, 1, 2, ...
std::size_t close_gaps(std::vector<std::uint32_t>& numbers) {
  if (numbers.empty()) return 0;
  std::vector<std::uint32_t> rank(*std::ranges::max_element(numbers) + std::size_t{1}, 0);
  for (const auto number : numbers) rank[number] = 1;
  const auto used = static_cast<std::size_t>(std::ranges::count(rank, 1u));
  std::exclusive_scan(rank.begin(), rank.end(), rank.begin(), 0u);
  for (auto& number : numbers) number = rank[number];
  return used;
}

std::unexpected<Error> broken(std::string what) {
  return fail(Fault::plugin, std::move(what), {},
              "this is a bug of the plugin: tell its author, with the model and the options");
}

std::string step_name(const PlacementTask& task, std::size_t step) {
  if (!task.graph) return "step " + std::to_string(step);
  return "node " + text::quoted(task.graph->name(task.nodes[step]));
}

std::optional<std::string> wrong_devices(const PlacementTask& task, const DeviceOf& device_of) {
  if (device_of.size() != task.before.size())
    return fmt::format("the placement has {} steps, and the model {}", device_of.size(), task.before.size());
  for (std::size_t step = 0; step < device_of.size(); ++step) {
    if (device_of[step] >= task.devices.size())
      return fmt::format("{} is placed on device {} of {}", step_name(task, step), device_of[step],
                         task.devices.size());
    const auto& device = task.devices[device_of[step]];
    if (!device.runs(step))
      return fmt::format("{} is placed on {}, which does not run it: {}", step_name(task, step),
                         text::quoted(device.id), device.verdicts[step].reason);
  }
  return std::nullopt;
}

/// Partitions in an order in which each waits only for those before it; shorter where some wait in a circle.
std::vector<std::uint32_t> order_of(const PlacementTask& task, const std::vector<std::uint32_t>& of,
                                    std::size_t count) {
  std::vector<std::vector<std::uint32_t>> after(count);
  std::vector<std::size_t> waits(count, 0);
  for (std::size_t step = 0; step < of.size(); ++step)
    for (const auto earlier : task.before.of(step))
      if (of[earlier] != of[step]) after[of[earlier]].push_back(of[step]), ++waits[of[step]];
  std::vector<std::uint32_t> order;
  for (std::uint32_t p = 0; p < count; ++p)
    if (waits[p] == 0) order.push_back(p);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (const auto later : after[order[i]])
      if (--waits[later] == 0) order.push_back(later);
  return order;
}

}  // namespace

Partitions partitions_of(const Dag& before, std::span<const std::uint8_t> device_of, std::size_t devices) {
  std::vector<std::uint8_t> order(devices);
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  Partitions best;
  std::size_t fewest = std::numeric_limits<std::size_t>::max(), tried = 0;
  do {
    auto turn = turns(before, device_of, order);
    if (const auto used = close_gaps(turn); used < fewest) fewest = used, best.of = std::move(turn);
  } while (++tried < kMostOrders && std::ranges::next_permutation(order).found);
  best.devices.resize(fewest);
  for (std::size_t step = 0; step < device_of.size(); ++step) best.devices[best.of[step]] = device_of[step];
  return best;
}

Result<Partitions> checked_partitions(const PlacementTask& task, const Draft& draft) {
  if (auto wrong = wrong_devices(task, draft.device_of)) return broken(std::move(*wrong));
  if (draft.partition_of.empty()) return partitions_of(task.before, draft.device_of, task.devices.size());
  if (draft.partition_of.size() != draft.device_of.size())
    return broken(fmt::format("the partitions have {} steps, and the model {}", draft.partition_of.size(),
                              draft.device_of.size()));
  Partitions out;
  out.of = draft.partition_of;
  const auto count = close_gaps(out.of);
  std::vector<std::size_t> first(count, out.of.size());
  for (std::size_t step = 0; step < out.of.size(); ++step) {
    auto& other = first[out.of[step]];
    if (other == out.of.size()) other = step;
    if (draft.device_of[other] != draft.device_of[step])
      return broken(fmt::format("{} and {} are in one partition, and on two devices", step_name(task, other),
                                step_name(task, step)));
  }
  const auto order = order_of(task, out.of, count);
  if (order.size() < count) {
    std::vector<char> runs(count, 0);
    for (const auto p : order) runs[p] = 1;
    const auto stuck = std::ranges::find(runs, 0) - runs.begin();
    return broken(fmt::format("the partition of {} waits for itself: a path leaves it and comes back",
                              step_name(task, first[static_cast<std::size_t>(stuck)])));
  }
  std::vector<std::uint32_t> number(count);
  out.devices.resize(count);
  for (std::uint32_t i = 0; i < count; ++i)
    number[order[i]] = i, out.devices[i] = draft.device_of[first[order[i]]];
  for (auto& partition : out.of) partition = number[partition];
  return out;
}

}  // namespace alidade
