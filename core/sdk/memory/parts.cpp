#include "parts.hpp"

#include <algorithm>
#include <ranges>

namespace alidade::memory {

FirstWriters join_parts(const Graph& g, std::span<const NodeId> concats,
                        const PerNode<std::uint32_t>& unit_of, PerValue<ValueId>& root) {
  FirstWriters first;
  if (concats.empty()) return first;
  PerValue<ValueId> whole(g.value_count());
  for (const ValueId v : g.values()) whole[v] = v;
  for (const NodeId concat : std::views::reverse(concats)) {  // one may be a part of a later one
    const ValueId joined = whole[g.outputs(concat)[0]];
    for (const ValueId part : g.inputs(concat)) {
      if (root[part] != part) continue;  // an update of what has its place already
      whole[part] = joined;
      const auto writer = unit_of[g.producer(part)];
      const auto [known, fresh] = first.try_emplace(joined.index, writer);
      if (!fresh) known->second = std::min(known->second, writer);
    }
  }
  for (const ValueId v : g.values()) root[v] = whole[root[v]];
  return first;
}

}  // namespace alidade::memory
