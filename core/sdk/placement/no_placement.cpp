// Why no placement keeps the limits, with the operators that make it so.
#include <algorithm>
#include <functional>

#include "alidade/base/text.hpp"
#include "alidade/sdk/placement_value.hpp"

namespace alidade {
namespace {

std::string operator_name(const PlacementTask& task, std::size_t step) {
  return task.graph ? framework_name(*task.graph, task.nodes[step]) : "step " + std::to_string(step);
}

/// The operators that a device does not run, each once, a few of them.
std::vector<std::string> refused(const PlacementTask& task, std::size_t device) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> out;
  for (std::size_t step = 0; step < task.before.size() && out.size() < kShown; ++step)
    if (auto name = operator_name(task, step);
        !task.devices[device].runs(step) && std::ranges::find(out, name) == out.end())
      out.push_back(std::move(name));
  return out;
}

/// "'neuron' does not run aten::sort, 'cpu' does not run aten::linear"
std::string what_splits(const PlacementTask& task) {
  std::vector<std::string> out;
  for (std::size_t d = 0; d < task.devices.size(); ++d)
    if (const auto names = refused(task, d); !names.empty())
      out.push_back(text::quoted(task.devices[d].id) + " does not run " + text::join(names, ", "));
  return text::join(out, "; ");
}

std::size_t fewest(const PlacementTask& task) {
  return partitions_of(task.before, fewest_partitions(task), task.devices.size()).size();
}

/// "'neuron' has room for 21.5 MB, 'cpu' for any"
std::string rooms(const PlacementTask& task) {
  std::vector<std::string> out;
  for (const auto& device : task.devices)
    if (device.room)
      out.push_back(text::quoted(device.id) + " has room for " + text::bytes(device.room->value));
  return text::join(out, ", ");
}

/// The operators that read most, with what they read.
std::string largest(const PlacementTask& task) {
  constexpr std::size_t kShown = 3;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> steps;
  for (const auto& weight : task.weights)
    steps.emplace_back(std::ranges::max(weight.bytes).value, weight.readers.front());
  std::ranges::stable_sort(steps, std::greater{}, &std::pair<std::uint64_t, std::uint32_t>::first);
  std::vector<std::string> out;
  for (const auto& [bytes, step] : steps)
    if (out.size() < kShown)
      out.push_back(
          (task.graph ? text::quoted(task.graph->name(task.nodes[step])) : operator_name(task, step)) + " (" +
          text::bytes(bytes) + ")");
  return text::join(out, ", ");
}

}  // namespace

PlacementLimits placement_limits(std::int64_t most_subgraphs) {
  if (most_subgraphs < 0) return {};
  return {static_cast<std::size_t>(most_subgraphs)};
}

Error no_placement(const PlacementTask& task, const PlacementLimits& limits) {
  if (const auto count = fewest(task); task.devices.size() == 2 && count > limits.partitions)
    return {Fault::check,
            "no placement has at most " + text::counted(limits.partitions, "subgraph") + ": there are " +
                std::to_string(count) + " or more, as " + what_splits(task),
            {},
            "raise max_subgraph_count, or allow what splits the model"};
  std::string what = "found no placement that keeps the limits: " + rooms(task);
  if (!task.weights.empty()) what += "; most weights are read by " + largest(task);
  if (limits.partitions < task.before.size())
    what += "; at most " + text::counted(limits.partitions, "subgraph");
  return {Fault::check,
          std::move(what),
          {},
          "give a target more memory, add one to 'targets', or place with 'ilp'"};
}

}  // namespace alidade
