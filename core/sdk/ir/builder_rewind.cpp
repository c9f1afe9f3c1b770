// What a reader tried and does not want: taken away again.
#include "builder_state.hpp"

namespace alidade {
namespace {

template <class Rows>
void cut(Rows& rows, std::size_t size) {
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(size), rows.end());
}

}  // namespace

GraphBuilder::Mark GraphBuilder::mark() const {
  const auto& a = *state_->arrays;
  return {a.nodes.size(), a.values.size(), a.operands.size(),  a.ints.size(),         a.regions.size(),
          a.notes.size(), a.chars.size(),  a.chars_end.size(), state_->strings.size()};
}

void GraphBuilder::rewind(const Mark& mark) {
  auto& s = *state_;
  auto& a = *s.arrays;
  for (const RegionId open : s.open)
    while (!s.order[open.index].empty() && s.order[open.index].back().index >= mark.nodes)
      s.order[open.index].pop_back();
  cut(s.order, mark.regions), cut(s.arguments, mark.regions), cut(s.results, mark.regions);
  cut(a.regions, mark.regions), cut(a.nodes, mark.nodes), cut(a.operands, mark.operands);
  cut(a.values, mark.values), cut(a.notes, mark.notes), cut(a.ints, mark.ints);
  if (s.strings.size() == mark.strings) cut(a.chars, mark.chars), cut(a.chars_end, mark.names);
}

}  // namespace alidade
