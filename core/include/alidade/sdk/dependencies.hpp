#pragma once
#include <span>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "alidade/sdk/dag.hpp"

namespace alidade {

/// Which operator waits for which. The steps are all nodes but constants, those of the outermost region
/// first, each region's in file order; an edge never leaves a region: what a nested region reads is read by
/// the node that holds it.
class Dependencies {
 public:
  explicit Dependencies(const Graph& graph);
  [[nodiscard]] const Dag& before() const { return before_; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] std::size_t outermost() const { return outermost_; }  ///< how many are of that region
  [[nodiscard]] NodeId node(std::size_t step) const { return nodes_[step]; }
  [[nodiscard]] std::span<const NodeId> nodes() const { return nodes_; }
  [[nodiscard]] std::uint32_t step(NodeId n) const { return step_[n]; }  ///< NodeId::kNone for a constant
  /// The step of the outermost region that a node is or is part of.
  [[nodiscard]] std::uint32_t outer_step(const Graph& graph, NodeId n) const;

 private:
  void number(const Graph& graph);
  void add_edge(const Graph& graph, ValueId value, NodeId user);
  void sort_edges();

  std::vector<NodeId> nodes_;
  PerNode<std::uint32_t> step_;
  std::size_t outermost_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found_;  // user, earlier
  Dag before_;
};

/// How many regions a graph has, the outermost among them.
[[nodiscard]] std::size_t region_count(const Graph& graph);

}  // namespace alidade
