#pragma once
#include "covered.hpp"

namespace alidade::fusion {

/// What each group reads and writes, tensor by tensor: the account that plans and kernels share. A tensor
/// that a group makes is read there for nothing; it is not even written when nobody else reads it. Of any
/// other tensor each byte is read once, however many operators of the group do.
class GroupTraffic {
 public:
  GroupTraffic(const Graph& graph, const Reads& reads, std::span<const NodeId> members,
               const PerNode<std::uint32_t>& group_of)
      : reads_(reads), group_of_(group_of), leaves_(graph.value_count(), 0), read_(reads) {
    for (const NodeId n : members)
      for (const auto& read : reads.of(n))
        if (maker_group(read.root) != group_of[n]) leaves_[read.root] = 1;
  }
  /// The group at hand from now on: it has read nothing yet.
  void begin(std::uint32_t group) { group_ = group, read_.clear(); }
  /// Calls take(read, bytes, sized) for all that an operator of this group reads from outside of it: the
  /// bytes that the group did not read before, and whether their number is known.
  template <class Take>
  void each_read(NodeId n, Take&& take) {
    for (const auto& read : reads_.of(n)) {
      if (maker_group(read.root) == group_) continue;
      const bool sized = reads_.parts().elements(read.root) != Parts::kUnknown ||
                         (read.bytes > 0 && !read_.reads(read.root));
      take(read, read_.add(read), sized);
    }
  }
  /// Whether what a group makes is written: another group reads it, or what is outside of all.
  [[nodiscard]] bool is_written(ValueId v) const { return leaves_[v] != 0 || reads_.leaves(v); }
  [[nodiscard]] std::uint32_t maker_group(ValueId root) const {
    const NodeId maker = reads_.maker(root);
    return maker.valid() ? group_of_[maker] : FusionPlan::kNone;
  }

 private:
  const Reads& reads_;
  const PerNode<std::uint32_t>& group_of_;
  PerValue<char> leaves_;  // read by another group than the one that makes it
  Covered read_;           // by the group at hand
  std::uint32_t group_ = FusionPlan::kNone;
};

}  // namespace alidade::fusion
