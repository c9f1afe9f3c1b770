// Which nodes the outputs of a model need.
#include <utility>
#include <vector>

#include "alidade/sdk/liveness.hpp"

namespace alidade {
namespace {

/// Goes from the outputs back to what they are made of; what a region's results do not need is not needed,
/// either.
class Needed {
 public:
  explicit Needed(const Graph& graph) : g_(graph), needed_(graph.node_count(), 0) {}

  PerNode<char> find() {
    need(g_.outputs());
    while (!open_.empty()) {
      const NodeId n = open_.back();
      open_.pop_back();
      need(g_.inputs(n));
      for (const RegionId r : g_.regions(n)) need(g_.results(r));
    }
    return std::move(needed_);
  }

 private:
  void need(std::span<const ValueId> values) {
    for (const ValueId v : values) {
      const NodeId maker = v.valid() ? g_.producer(v) : NodeId();
      if (maker.valid() && std::exchange(needed_[maker], 1) == 0) open_.push_back(maker);
    }
  }

  const Graph& g_;
  PerNode<char> needed_;
  std::vector<NodeId> open_;
};

/// A model that was captured in parts hands values from one to the next through Python, where nobody sees
/// them.
bool is_cut_up(const Graph& graph) {
  for (std::size_t m = 0; m < graph.module_count(); ++m)
    if (graph.type(ModuleId(m)) == kPartitionType) return true;
  return false;
}

}  // namespace

PerNode<char> needed_nodes(const Graph& graph) {
  if (graph.outputs().empty() || is_cut_up(graph)) return PerNode<char>(graph.node_count(), 1);
  return Needed(graph).find();
}

}  // namespace alidade
