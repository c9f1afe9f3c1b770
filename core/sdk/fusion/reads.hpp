#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/dependencies.hpp"

namespace alidade::fusion {

/// A tensor that an operator reads, by the value whose memory it lies in, and how much of it.
struct Read {
  ValueId root;
  std::uint64_t bytes = 0;
};

/// What every operator reads and makes, behind views, in the figures of the cost profile: the one account of
/// traffic that all strategies go by. Figures are of one run.
class Reads {
 public:
  Reads(const Graph& graph, const CostProfile& cost, const Dependencies& order);
  /// What a node reads, each tensor once; nothing for views.
  [[nodiscard]] std::span<const Read> of(NodeId n) const {
    return std::span(reads_).subspan(begin_[n], end_[n] - begin_[n]);
  }
  /// The part of a node's output that is this tensor; 0 where it only gives memory on.
  [[nodiscard]] std::uint64_t made(NodeId maker, ValueId v) const;
  /// Whether something outside of all operators needs it: the model's caller, a region's owner, or nobody
  /// reads it at all.
  [[nodiscard]] bool leaves(ValueId root) const { return leaves_[root]; }
  [[nodiscard]] ValueId root(ValueId v) const { return root_[v]; }

 private:
  void add_node(NodeId n);
  void add_kind(NodeId n, bool stored, std::uint64_t most);
  void mark_leaving();

  const Graph& g_;
  const CostProfile& cost_;
  PerValue<ValueId> root_;
  PerValue<char> leaves_;
  PerValue<std::uint32_t> slot_;  // of the node at hand, into reads_
  PerValue<NodeId> reader_;       // the last one
  PerNode<std::uint32_t> begin_, end_;
  std::vector<Read> reads_;
};

}  // namespace alidade::fusion
