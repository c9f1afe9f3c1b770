#include "alidade/sdk/dag.hpp"

#include <algorithm>

namespace alidade {

Dag reversed(const Dag& before) {
  Dag after;
  after.edges_end.assign(before.size(), 0);
  after.edges.resize(before.edges.size());
  for (const auto step : before.edges) ++after.edges_end[step];
  std::uint32_t sum = 0;
  for (auto& end : after.edges_end) sum += end, end = sum;
  for (std::size_t step = before.size(); step-- > 0;)
    for (const auto earlier : before.of(step))
      after.edges[--after.edges_end[earlier]] = static_cast<std::uint32_t>(step);
  // every end now stands at its beginning: move them on by one step
  if (!after.edges_end.empty()) std::ranges::rotate(after.edges_end, after.edges_end.begin() + 1);
  if (!after.edges_end.empty()) after.edges_end.back() = static_cast<std::uint32_t>(after.edges.size());
  return after;
}

std::vector<std::uint32_t> stages(const Dag& before) {
  std::vector<std::uint32_t> stage(before.size(), 0);
  for (std::size_t step = 0; step < before.size(); ++step)
    for (const auto earlier : before.of(step)) stage[step] = std::max(stage[step], stage[earlier] + 1);
  return stage;
}

std::vector<std::uint32_t> slack(const Dag& before, std::span<const std::uint32_t> stages) {
  const std::uint32_t last = stages.empty() ? 0 : std::ranges::max(stages);
  std::vector<std::uint32_t> latest(stages.size(), last);
  for (std::size_t step = stages.size(); step-- > 0;)
    for (const auto earlier : before.of(step)) latest[earlier] = std::min(latest[earlier], latest[step] - 1);
  for (std::size_t step = 0; step < stages.size(); ++step) latest[step] -= stages[step];
  return latest;
}

Chain heaviest_chain(const Dag& before, std::span<const double> weights) {
  constexpr std::uint32_t kNone = 0xffffffff;
  std::vector<double> sum(before.size(), 0);
  std::vector<std::uint32_t> from(before.size(), kNone);
  std::uint32_t last = kNone;
  for (std::uint32_t step = 0; step < before.size(); ++step) {
    for (const auto earlier : before.of(step))
      if (from[step] == kNone || sum[earlier] >= sum[from[step]]) from[step] = earlier;
    sum[step] = weights[step] + (from[step] == kNone ? 0 : sum[from[step]]);
    if (last == kNone || sum[step] >= sum[last]) last = step;
  }
  Chain chain;
  if (last != kNone) chain.weight = sum[last];
  for (auto step = last; step != kNone; step = from[step]) chain.steps.push_back(step);
  std::ranges::reverse(chain.steps);
  return chain;
}

}  // namespace alidade
