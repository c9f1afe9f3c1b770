#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "alidade/base/units.hpp"
#include "alidade/ir/trips.hpp"
#include "alidade/sdk/dependencies.hpp"

namespace alidade {

/// What the regions of a node do in all its trips, from the sums of one run of every region. See region_sums.
template <class Sum>
[[nodiscard]] Sum sum_inside(const Graph& graph, NodeId node, const std::vector<Sum>& sums) {
  Sum all;
  const auto regions = graph.regions(node);
  for (std::size_t i = 0; i < regions.size(); ++i)
    if (i > 0 && graph.op(node) == Op::if_else)
      all.either(sums[regions[i].index]);
    else
      all.add(sums[regions[i].index]);
  if (family_of(graph.op(node)) == AttrFamily::loop) all.repeat(trips_of(graph, node));
  return all;
}

/// Adds figures up the way a model runs, for one run of every region, the outermost first. A node that holds
/// regions does what they do in all its trips; of the branches of an `If` one runs, and which is not known.
/// `add_node(n, sum)` adds one run of a node without its regions. A Sum is nothing when default constructed,
/// and has
///   void add(const Sum&);            one after the other
///   void either(const Sum&);         this or the other
///   void repeat(const Trips&);       over and over
template <class Sum, class AddNode>
[[nodiscard]] std::vector<Sum> region_sums(const Graph& graph, AddNode&& add_node) {
  std::vector<Sum> sums(region_count(graph));
  for (std::size_t r = sums.size(); r-- > 0;)  // inner regions have higher numbers
    for (const NodeId n : graph.body(RegionId(r))) {
      add_node(n, sums[r]);
      if (!graph.regions(n).empty()) sums[r].add(sum_inside(graph, n, sums));
    }
  return sums;
}

/// repeat() of a sum that is the same however often a loop runs: nothing where it never does, and perhaps
/// nothing where it need not.
template <class Sum>
void repeat_unchanged(Sum& sum, const Trips& trips) {
  if (trips.most == 0) sum = {};
  if (trips.least == 0) sum.either({});
}

/// The greatest of bytes at several moments, one of which is any.
struct Highest {
  Bytes least;
  Upper most;
  void add(const Highest& o) { least = std::max(least, o.least), most = std::max(most, o.most); }
  void either(const Highest& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
  void repeat(const Trips& trips) { repeat_unchanged(*this, trips); }
};

/// A sum for each of several keys: of modules, of kinds of operators. What has no row is nothing.
template <class Key, class Sum>
struct KeyedSums {
  std::map<Key, Sum> rows;
  Sum& operator[](const Key& key) { return rows[key]; }
  void add(const KeyedSums& other) {
    for (const auto& [key, sum] : other.rows) rows[key].add(sum);
  }
  void either(const KeyedSums& other) {
    for (auto& [key, sum] : rows)
      if (!other.rows.contains(key)) sum.either(Sum{});
    for (const auto& [key, sum] : other.rows) rows[key].either(sum);
  }
  void repeat(const Trips& trips) {
    for (auto& [key, sum] : rows) sum.repeat(trips);
  }
};

}  // namespace alidade
