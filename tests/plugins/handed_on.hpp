#pragma once
#include <algorithm>
#include <span>

#include "alidade/ir/graph.hpp"

namespace alidade::samples {

/// Whether a value, or what shows it, is a result of the graph or of a region, or given to a region: then it
/// has to be in memory. By looking at every node.
inline bool is_handed_on(const Graph& g, ValueId v) {
  const auto among = [&](auto&& values) { return std::ranges::find(values, v) != values.end(); };
  if (among(g.outputs())) return true;
  for (const NodeId n : g.nodes()) {
    for (const RegionId r : g.regions(n))
      if (among(g.results(r))) return true;
    if (!among(g.inputs(n))) continue;
    if (class_of(g.op(n)) == OpClass::control) return true;
    if (class_of(g.op(n)) != OpClass::view) continue;
    for (const ValueId shown : g.outputs(n))
      if (is_handed_on(g, shown)) return true;
  }
  return false;
}

}  // namespace alidade::samples
