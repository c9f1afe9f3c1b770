// Element-wise operators that write over an operand.
#include "in_place.hpp"

#include <algorithm>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade::memory {
namespace {

/// The node of the outermost region that is the last to read each tensor; none where the model gives it out.
class LastReaders {
 public:
  LastReaders(const Graph& graph, const PerValue<ValueId>& root)
      : g_(graph), root_(root), last_(graph.value_count()), place_(graph.node_count(), 0) {
    std::uint32_t place = 0;
    for (const NodeId n : g_.body()) place_[n] = ++place;
    for (const NodeId n : g_.nodes())
      for (const ValueId v : g_.inputs(n)) read(v, n);
    const std::size_t regions = region_count(g_);
    for (std::size_t r = 1; r < regions; ++r)
      for (const ValueId v : g_.results(RegionId(r))) read(v, g_.owner(RegionId(r)));
    for (const ValueId v : g_.outputs()) last_[root_[v]] = NodeId();
  }
  [[nodiscard]] NodeId of(ValueId root) const { return last_[root]; }

 private:
  void read(ValueId v, NodeId by) {
    if (!v.valid()) return;
    while (g_.region_of(by) != RegionId(0)) by = g_.owner(g_.region_of(by));
    auto& last = last_[root_[v]];
    if (!last.valid() || place_[last] < place_[by]) last = by;
  }

  const Graph& g_;
  const PerValue<ValueId>& root_;
  PerValue<NodeId> last_;
  PerNode<std::uint32_t> place_;
};

}  // namespace

PerValue<ValueId> roots_in_place(const Graph& g, PerValue<ValueId> root) {
  const LastReaders last(g, root);
  const auto may_write = [&](ValueId operand, ValueId made, NodeId n) {
    if (!operand.valid() || last.of(root[operand]) != n) return false;
    const NodeId maker = g.producer(root[operand]);
    return maker.valid() && g.region_of(maker) == RegionId(0) &&
           known_bytes(g, root[operand]) == known_bytes(g, made);
  };
  PerValue<ValueId> over(g.value_count());  // the root that lies under each root
  for (const ValueId v : g.values()) over[v] = v;
  for (const NodeId n : g.body()) {
    if (class_of(g.op(n)) != OpClass::elementwise || g.outputs(n).empty()) continue;
    const ValueId made = g.outputs(n)[0];
    const auto inputs = g.inputs(n);
    const auto at = std::ranges::find_if(inputs, [&](ValueId v) { return may_write(v, made, n); });
    if (root[made] == made && at != inputs.end()) over[made] = over[root[*at]];
  }
  for (const ValueId v : g.values()) root[v] = over[root[v]];
  return root;
}

bool is_update(const Graph& g, const PerValue<ValueId>& root, NodeId maker, ValueId made) {
  const Op op = g.op(maker);
  return root[made] != made && !shares_storage(op) && op != Op::transpose;
}

}  // namespace alidade::memory
