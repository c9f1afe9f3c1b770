#include "reads.hpp"

#include <algorithm>
#include <utility>

#include "alidade/sdk/storage.hpp"

namespace alidade::fusion {

Reads::Reads(const Graph& graph, const CostProfile& cost, const Dependencies& order)
    : g_(graph),
      cost_(cost),
      root_(storage_roots(graph)),
      leaves_(graph.value_count(), 1),
      slot_(graph.value_count(), 0),
      reader_(graph.value_count()),
      begin_(graph.node_count()),
      end_(graph.node_count()) {
  reads_.reserve(2 * graph.node_count());
  for (const NodeId n : order.nodes()) add_node(n);
  mark_leaving();
}

std::uint64_t Reads::made(NodeId maker, ValueId v) const {
  return root_[v] == v ? std::min(cost_.nodes[maker].work.output.value, known_bytes(g_, v)) : 0;
}

void Reads::add_node(NodeId n) {
  begin_[n] = static_cast<std::uint32_t>(reads_.size());
  add_kind(n, false, cost_.nodes[n].work.input.value);
  add_kind(n, true, cost_.nodes[n].work.weight.value);
  end_[n] = static_cast<std::uint32_t>(reads_.size());
}

/// Operands of one kind, all of them no more than the cost table has for them.
void Reads::add_kind(NodeId n, bool stored, std::uint64_t most) {
  const auto inputs = g_.inputs(n);
  for (std::size_t i = 0; i < inputs.size() && most > 0; ++i) {
    const ValueId v = inputs[i];
    if (!v.valid() || is_stored(g_.kind(root_[v])) != stored) continue;
    const auto bytes = std::min({known_bytes(g_, v), known_bytes(g_, root_[v]), most});
    const auto slot = slot_[root_[v]];
    const bool known = slot >= begin_[n] && slot < reads_.size() && reads_[slot].root == root_[v];
    if (std::exchange(reader_[v], n) == n && known) continue;  // the very same operand again
    most -= bytes;
    if (known)
      reads_[slot].bytes += bytes;
    else if (bytes > 0)
      slot_[root_[v]] = static_cast<std::uint32_t>(reads_.size()), reads_.push_back({root_[v], bytes});
  }
}

void Reads::mark_leaving() {
  for (const auto& read : reads_) leaves_[read.root] = 0;
  for (const ValueId v : g_.outputs()) leaves_[root_[v]] = 1;
  for (const NodeId n : g_.nodes())
    for (const RegionId r : g_.regions(n))
      for (const ValueId v : g_.results(r)) leaves_[root_[v]] = 1;
}

}  // namespace alidade::fusion
