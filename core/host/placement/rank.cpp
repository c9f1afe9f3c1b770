#include "rank.hpp"

#include <algorithm>
#include <map>

namespace alidade::host {
namespace {

/// An operator's name and the reason why it is refused.
using Configuration = std::pair<std::string, std::string>;
using StepsOf = std::map<Configuration, std::vector<std::size_t>>;

StepsOf refused(const PlacementTask& task) {
  StepsOf out;
  for (std::size_t step = 0; step < task.nodes.size(); ++step)
    if (!task.devices[0].runs(step))
      out[{framework_name(*task.graph, task.nodes[step]), task.devices[0].verdicts[step].reason}].push_back(
          step);
  return out;
}

double least(const PlacementTask& task) { return time_of(task, *least_sum(task)).total().value; }

PlacementTask with(const PricedTask& model, const std::vector<std::size_t>& steps) {
  auto task = model.task;
  for (const auto step : steps)
    task.devices[0].verdicts[step] = {}, task.devices[0].seconds[step] = model.if_native[step];
  return task;
}

void add(const PricedTask& model, std::map<Configuration, SupportGain>& gains) {
  const auto all = refused(model.task);
  if (all.empty()) return;
  const double now = least(model.task);
  for (const auto& [configuration, steps] : all) {
    auto& gain = gains[configuration];
    gain.operators += static_cast<std::uint32_t>(steps.size());
    ++gain.models, gain.made_whole += all.size() == 1;
    gain.gained.value += std::max(0.0, now - least(with(model, steps)));
  }
}

}  // namespace

std::vector<SupportGain> support_gains(std::span<const PricedTask> models) {
  std::map<Configuration, SupportGain> gains;
  for (const auto& model : models) add(model, gains);
  std::vector<SupportGain> out;
  for (auto& [configuration, gain] : gains) {
    gain.op = configuration.first, gain.reason = configuration.second;
    out.push_back(std::move(gain));
  }
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) {
    return std::pair(a.gained.value, a.made_whole) > std::pair(b.gained.value, b.made_whole);
  });
  return out;
}

}  // namespace alidade::host
