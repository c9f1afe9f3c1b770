#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/fusion.hpp"
#include "parts.hpp"
#include "sdk/ir/work/operand_reads.hpp"

namespace alidade::fusion {

/// A part of a tensor that an operator reads.
struct Read {
  PartId part = 0;
  ValueId root;             ///< the value in whose memory it lies
  std::uint64_t bytes = 0;  ///< at stored width
};

/// What every operator reads and makes, behind views, in the figures of the cost table: the one account of
/// traffic that all strategies go by. Figures are of one run.
class Reads {
 public:
  Reads(const Graph& graph, const CostProfile& cost, const Dependencies& order, Folding folding,
        const PerNode<char>& elided);
  /// Whether a node is done when the model is loaded: it moves nothing, and what it makes is stored.
  [[nodiscard]] bool is_folded(NodeId n) const {
    return folding_ == Folding::at_load && cost_.nodes[n].folded;
  }
  /// What a node reads; nothing for views.
  [[nodiscard]] std::span<const Read> of(NodeId n) const {
    return std::span(reads_).subspan(begin_[n], end_[n] - begin_[n]);
  }
  /// The part of its maker's output that is this tensor; 0 where that only gives memory on.
  [[nodiscard]] std::uint64_t made(ValueId v) const { return made_[v]; }
  /// The node in whose group a tensor is read for nothing; none for what is stored, given to the model or to
  /// a region, or comes out of one.
  [[nodiscard]] NodeId maker(ValueId root) const;
  /// Whether something outside of all operators needs it: the model's caller, a region or its owner, or
  /// nobody reads it at all.
  [[nodiscard]] bool leaves(ValueId root) const { return leaves_[root]; }
  /// What a node moves beyond the tensors that can be seen: the user says so, or a list is too long.
  [[nodiscard]] std::uint64_t unseen(NodeId n) const;
  [[nodiscard]] ValueId root(ValueId v) const;
  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] std::size_t tensors() const { return made_.size(); }  ///< ids of values
  /// Parts of a tensor that are read, each once.
  [[nodiscard]] std::span<const PartId> read_parts(ValueId root) const {
    return std::span(read_parts_).subspan(first_part_[root], part_count_[root]);
  }

 private:
  void add_node(NodeId n);
  void add(NodeId n, const work_parts::OperandRead& read);
  void add_stated(NodeId n);
  std::uint64_t add_clipped(ValueId operand, std::uint64_t bytes);
  void push(PartId part);
  void set_made(NodeId n);
  void mark_leaving();
  void mark_leaving(ValueId v);
  void sort_parts();

  const Graph& g_;
  const CostProfile& cost_;
  Folding folding_;
  Parts parts_;
  PerValue<char> leaves_;
  PerValue<std::uint64_t> made_;
  PerNode<std::uint32_t> begin_, end_;
  std::vector<Read> reads_;
  std::unordered_map<std::uint32_t, std::uint64_t> unseen_;  // by the node's index
  PerValue<std::uint32_t> first_part_, part_count_;
  std::vector<PartId> read_parts_;
  std::vector<work_parts::OperandRead> operands_;  // of the node at hand
};

}  // namespace alidade::fusion
