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
    : sources(input.order().size()), views(sources.size(), 0), readers(sources.size()) {
  nests.reserve(sources.size());
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    nests.push_back(loop_nest_of(input.graph(), input.node(i)));
    for (const auto near : input.order().before().of(i))
      if (is_view(near)) {
        views[i] = std::min(views[i] + views[near] + 1, kMostViews);
        sources[i].insert(sources[i].end(), sources[near].begin(), sources[near].end());
      } else {
        sources[i].push_back(near);
      }
    sort_once(sources[i]);
    if (is_view(i) && sources[i].size() > kMany) nests[i].execution = Execution::call;  // a list of tensors
  }
  for (std::uint32_t i = size(); i-- > 0;) {
    for (const auto near : input.after().of(i))
      if (!is_view(near))
        readers[i].push_back(near);
      else if (readers[i].size() <= kMany)
        readers[i].insert(readers[i].end(), readers[near].begin(), readers[near].end());
    sort_once(readers[i]);
  }
}

}  // namespace alidade::fusion
