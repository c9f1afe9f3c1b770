#pragma once
#include <vector>

#include "../traffic/reads.hpp"
#include "alidade/ir/axes.hpp"
#include "range.hpp"

namespace alidade::fusion {

/// How an operator takes part in a run.
enum class Joining : std::uint8_t {
  nothing,  ///< does nothing of its own: a view, or folded
  tiled,    ///< a part of its result needs a part of its operands
  whole,    ///< joins with whole tensors alone
  alone,    ///< no kernel holds it and others: sorts, loops, what is not known
};

/// Which part of an operand's dimension a part of a result's needs.
struct DimNeed {
  std::int8_t dim = -1;   ///< of the tensor that is read; -1: all of it, whatever the part
  std::int64_t size = 1;  ///< of that dimension
  Window window;
  bool operator==(const DimNeed&) const = default;
};

/// Which elements of what it reads a part of an operator's result needs.
class Footprints {
 public:
  explicit Footprints(const FusionInput& input);

  [[nodiscard]] Joining joining(std::uint32_t step) const { return rows_[step].joining; }
  /// Its one result.
  [[nodiscard]] ValueId result(std::uint32_t step) const { return rows_[step].result; }
  [[nodiscard]] std::span<const std::int64_t> sizes(ValueId root) const {
    return std::span(sizes_).subspan(first_size_[root], rank_[root]);
  }
  /// Whether parts of its result along a dimension are made apart from each other.
  [[nodiscard]] bool is_cut(std::uint32_t step, std::size_t dim) const {
    return (rows_[step].cuts >> dim & 1U) != 0;
  }
  /// What a part of the result along a dimension needs of the i-th tensor of Reads::of.
  [[nodiscard]] const DimNeed& need(std::uint32_t step, std::size_t read, std::size_t dim) const {
    return needs_[rows_[step].first + read * rank_[rows_[step].result] + dim];
  }
  /// Whether parts of any result need more of an operand than parts of the same size.
  [[nodiscard]] bool has_windows() const { return has_windows_; }

 private:
  static constexpr std::size_t kRanks = 8;
  struct Row {
    ValueId result;
    std::uint32_t first = 0;  // into needs_
    std::uint8_t cuts = 0;    // a bit per dimension of the result
    Joining joining = Joining::whole;
  };
  void add_sizes(ValueId v);
  [[nodiscard]] Joining joining_of(std::uint32_t step) const;
  [[nodiscard]] ValueId sole_result(NodeId n) const;
  void add_needs(std::uint32_t step);
  [[nodiscard]] DimNeed need_of(NodeId n, const Axis& axis, const Read& read, const Window* window) const;
  [[nodiscard]] std::int8_t root_dim(ValueId v, std::size_t dim) const;

  const FusionInput& s_;
  std::vector<Row> rows_;
  std::vector<DimNeed> needs_;
  PerValue<std::uint32_t> first_size_;
  PerValue<std::uint8_t> rank_;  // 0 where a size is not known, or of too many dimensions
  std::vector<std::int64_t> sizes_;
  bool has_windows_ = false;
};

}  // namespace alidade::fusion
