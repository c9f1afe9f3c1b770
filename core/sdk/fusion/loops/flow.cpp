#include "flow.hpp"

#include <algorithm>

namespace alidade::fusion {
namespace {

constexpr std::uint32_t kMostViews = 1U << 20;

void sort_once(std::vector<std::uint32_t>& list) {
  std::ranges::sort(list);
  list.erase(std::ranges::unique(list).begin(), list.end());
}

}  // namespace

Flow::Flow(const FusionInput& input)
    : sources(input.order().size()), views(input.order().size(), 0), readers(input.order().size()) {
  const auto steps = static_cast<std::uint32_t>(views.size());
  std::vector<std::uint32_t> found;
  const auto add = [&](const NumberRows& lists, std::uint32_t near) {
    const auto list = lists[near];
    found.insert(found.end(), list.begin(), list.end());
  };
  nests.reserve(steps);
  for (std::uint32_t i = 0; i < steps; ++i, found.clear()) {
    nests.push_back(loop_nest_of(input.graph(), input.node(i)));
    for (const auto near : input.order().before().of(i))
      if (is_view(near))
        views[i] = std::min(views[i] + views[near] + 1, kMostViews), add(sources, near);
      else
        found.push_back(near);
    sort_once(found);
    sources.put(i, found);
    if (is_view(i) && found.size() > kMany) nests[i].execution = Execution::call;  // a list of tensors
  }
  for (std::uint32_t i = steps; i-- > 0; found.clear()) {
    for (const auto near : input.after().of(i))
      if (!is_view(near))
        found.push_back(near);
      else if (found.size() <= kMany)
        add(readers, near);
    sort_once(found);
    readers.put(i, found);
  }
}

}  // namespace alidade::fusion
