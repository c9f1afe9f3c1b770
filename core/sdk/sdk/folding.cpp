#include "alidade/sdk/folding.hpp"

#include <unordered_map>
#include <utility>
#include <vector>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade {
namespace {

/// Goes from what differs between two runs to all that depends on it.
class Varying {
 public:
  explicit Varying(const Graph& graph)
      : g_(graph), node_(graph.node_count(), 0), value_(graph.value_count(), 0) {
    const std::size_t regions = region_count(graph);
    for (std::size_t r = 1; r < regions; ++r)
      for (const ValueId v : graph.results(RegionId(r)))
        if (v.valid()) given_back_.emplace(v.index, graph.owner(RegionId(r)));
  }

  PerNode<char> find() {
    for (const ValueId v : g_.inputs()) mark(v);
    for (const NodeId n : g_.nodes())
      if (begins_at(n)) mark(n);
    mark_written();
    while (!open_.empty()) {
      const ValueId v = open_.back();
      open_.pop_back();
      for (const NodeId n : g_.users(v))
        if (g_.op(n) != Op::shape_of || !g_.type(v).is_static()) mark(n);
      const auto [first, last] = given_back_.equal_range(v.index);
      for (auto at = first; at != last; ++at) mark(at->second);
    }
    return std::move(node_);
  }

 private:
  [[nodiscard]] bool begins_at(NodeId n) const {
    const Op op = g_.op(n);
    return op == Op::random || op == Op::opaque || op == Op::dequantize || g_.stated(n).has_value();
  }
  /// A tensor that is written in place has to be as it was before every run.
  void mark_written() {
    PerValue<ValueId> root;
    for (const NodeId n : g_.nodes()) {
      if (in_place_name(g_.foreign(n)).empty()) continue;
      if (root.size() == 0) root = storage_roots(g_);
      mark(n);
      const ValueId updated = updated_operand(g_, n);
      if (!updated.valid()) continue;
      const ValueId written = root[updated];
      mark(written);
      if (g_.producer(written).valid()) mark(g_.producer(written));
    }
  }
  void mark(ValueId v) {
    if (std::exchange(value_[v], 1) == 0) open_.push_back(v);
  }
  /// What a region is given differs with what its owner is given, and its owner with what happens inside.
  void mark(NodeId n) {
    for (; n.valid() && std::exchange(node_[n], 1) == 0; n = g_.owner(g_.region_of(n))) {
      for (const ValueId v : g_.outputs(n)) mark(v);
      for (const RegionId r : g_.regions(n))
        for (const ValueId v : g_.arguments(r)) mark(v);
    }
  }

  const Graph& g_;
  PerNode<char> node_;
  PerValue<char> value_;
  std::vector<ValueId> open_;
  std::unordered_multimap<std::uint32_t, NodeId> given_back_;  // values by their index, to owners of regions
};

}  // namespace

PerNode<char> folded_at_load(const Graph& graph) {
  auto out = Varying(graph).find();
  for (const NodeId n : graph.nodes()) out[n] = out[n] == 0 && graph.op(n) != Op::constant ? 1 : 0;
  return out;
}

}  // namespace alidade
