// Which nodes the outputs of a model need.
#include <utility>
#include <vector>

#include "alidade/sdk/needed.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade {
namespace {

/// Goes from the outputs back to what they are made of; what a region's results do not need is not needed,
/// either. Who reads a tensor needs what is written into it through a view: x[:, 1:] += y. What comes with
/// the model or is handed to it is read by the next run.
class Needed {
 public:
  explicit Needed(const Graph& graph) : g_(graph), needed_(graph.node_count(), 0) {
    for (const NodeId n : g_.nodes()) {
      if (updated_operand(g_, n).valid()) writers_.push_back(n);
      if (writes_somewhere(n)) need(n);
    }
    if (writers_.empty()) return;
    root_ = storage_roots(g_), written_ = PerValue<std::vector<NodeId>>(g_.value_count());
    for (const NodeId n : writers_) {
      const ValueId written = root_[updated_operand(g_, n)];
      written_[written].push_back(n);
      if (is_stored(g_.kind(written)) || g_.kind(written) == ValueKind::input) need(n);
    }
  }

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
  /// Whether a node writes over a tensor that the file does not name, as texts may leave it out.
  [[nodiscard]] bool writes_somewhere(NodeId n) const {
    if (in_place_name(g_.foreign(n)).empty()) return false;
    return g_.inputs(n).empty() || (g_.op(n) == Op::copy && !copies_over(g_, n));
  }
  void need(std::span<const ValueId> values) {
    for (const ValueId v : values) {
      if (!v.valid()) continue;
      if (g_.producer(v).valid()) need(g_.producer(v));
      if (!writers_.empty())
        for (const NodeId writer : written_[root_[v]]) need(writer);
    }
  }
  void need(NodeId n) {
    if (std::exchange(needed_[n], 1) == 0) open_.push_back(n);
  }

  const Graph& g_;
  PerNode<char> needed_;
  std::vector<NodeId> open_, writers_;
  PerValue<ValueId> root_;
  PerValue<std::vector<NodeId>> written_;  ///< by the value in whose memory they write
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
