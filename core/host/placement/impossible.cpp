#include "impossible.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/placement_value.hpp"

namespace alidade::host {
namespace {

/// The objective is an energy, and a target's is not known.
std::optional<Error> no_energy(const PlacementTask& task) {
  if (task.objective != Objective::energy || task.nodes.empty()) return std::nullopt;
  for (const auto& device : task.devices)
    if (device.joules.empty())
      return Error{Fault::check,
                   "the energy of " + text::quoted(device.id) +
                       " is not known: its data state neither what its kernels take nor 'cap_watts'",
                   {},
                   "state it in the device's file, or place by another 'objective'"};
  return std::nullopt;
}

/// What one target alone runs does not fit it.
std::optional<Error> no_room(const PlacementTask& task) {
  for (std::size_t d = 0; d < task.devices.size(); ++d) {
    if (!task.devices[d].room) continue;
    HeldWeights held(task);
    std::vector<std::string> names;
    std::uint64_t all = 0;
    bool fits = true;
    for (std::size_t step = 0; step < task.nodes.size(); ++step) {
      const bool elsewhere = std::ranges::any_of(task.devices, [&](const auto& other) {
        return other.id != task.devices[d].id && other.runs(step);
      });
      const auto more = held.more(d, step).value;
      if (elsewhere || more == 0) continue;
      all += more, names.push_back(text::quoted(task.graph->name(task.nodes[step])));
      if (fits && held.has_room(d, step))
        held.put(d, step);
      else
        fits = false;
    }
    constexpr std::size_t kShown = 3;
    if (names.size() > kShown) names.resize(kShown), names.emplace_back("others");
    if (!fits)
      return Error{Fault::check,
                   "no other target runs " + text::join(names, ", ") + ", and their weights, " +
                       text::bytes(all) + ", do not fit the " + text::bytes(task.devices[d].room->value) +
                       " of memory of " + text::quoted(task.devices[d].id),
                   {},
                   "add a target that runs them to 'targets'"};
  }
  return std::nullopt;
}

/// No target runs one of them.
std::optional<Error> nowhere(const PlacementTask& task) {
  for (std::size_t i = 0; i < task.nodes.size(); ++i) {
    if (std::ranges::any_of(task.devices, [&](const auto& device) { return device.runs(i); })) continue;
    std::vector<std::string> why;
    for (const auto& device : task.devices) why.push_back(device.id + ": " + device.verdicts[i].reason);
    return Error{Fault::check,
                 "no target runs node " + text::quoted(task.graph->name(task.nodes[i])) + " (" +
                     framework_name(*task.graph, task.nodes[i]) + "): " + text::join(why, "; "),
                 {},
                 "add a target that runs it to 'targets'"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> why_impossible(const PlacementTask& task) {
  if (auto error = nowhere(task)) return error;
  if (auto error = no_energy(task)) return error;
  return no_room(task);
}

}  // namespace alidade::host
