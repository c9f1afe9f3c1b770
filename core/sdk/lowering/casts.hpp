#pragma once
#include <unordered_map>
#include <vector>

#include "group_roles.hpp"
#include "number_plan.hpp"
#include "sdk/fusion/traffic/group_traffic.hpp"

namespace alidade::lowering {

/// A kernel that turns a tensor into another type.
struct Cast {
  ValueId root;
  NodeId reader;  ///< who wants it first
  Dtype type = Dtype::unknown;
  Count read{}, written{};
  bool sized = true, weight = false;
  std::uint32_t before = 0;  ///< the group in front of which it runs
};

/// In which types tensors are in memory, and which casts are kernels. PyTorch, operator by operator, casts
/// each operand where it is read, and weights once a run. Inductor and compilers write what is read: what a
/// loop makes is cast there, and so is, but for Inductor, what a product makes. Backends that fold cast
/// weights when they load them.
class Casts {
 public:
  static constexpr std::uint32_t kNone = Access::kNone;
  Casts(const FusionInput& input, const NumberPlan& numbers, const Lowering& lowering,
        const fusion::OrderedGroups& groups, const GroupRoles& roles, const LayoutPlan& layout,
        fusion::GroupTraffic& traffic);

  [[nodiscard]] std::span<const Cast> all() const { return casts_; }  ///< by the group they run in front of
  /// What a group reads in another type than the tensor's own.
  struct Want {
    std::uint32_t group = 0;
    ValueId root;
    Dtype type = Dtype::unknown;
    std::uint32_t cast = kNone;  ///< kNone: its maker writes it so, or it is stored so
  };
  [[nodiscard]] std::span<const Want> of(std::uint32_t group) const {
    const auto first = group == 0 ? 0 : wants_end_[group - 1];
    return std::span(wants_).subspan(first, wants_end_[group] - first);
  }
  /// Whether a tensor is written, or stored, in its own type.
  [[nodiscard]] bool is_kept(ValueId root) const { return !plans_ || kept_[root] != 0; }
  /// The other type that it is written, or stored, in; unknown: none.
  [[nodiscard]] Dtype also(ValueId root) const { return plans_ ? also_[root] : Dtype::unknown; }

 private:
  void look_at(std::uint32_t group);
  [[nodiscard]] Dtype wanted(std::uint32_t group, NodeId n, ValueId root) const;
  void want(std::uint32_t group, NodeId reader, ValueId root, Dtype type);
  [[nodiscard]] bool is_written_so(ValueId root) const;
  [[nodiscard]] std::uint32_t cast_for(std::uint32_t group, NodeId reader, ValueId root, Dtype type);
  void sort_casts();

  const FusionInput& input_;
  const NumberPlan& numbers_;
  Lowering lowering_;
  const fusion::OrderedGroups& groups_;
  const GroupRoles& roles_;
  const LayoutPlan& layout_;
  bool plans_ = false;
  fusion::GroupTraffic& traffic_;
  std::vector<Cast> casts_;
  std::vector<Want> wants_;
  std::vector<std::uint32_t> wants_end_;
  PerValue<char> kept_;
  PerValue<Dtype> also_;
  PerValue<std::uint32_t> wanted_at_;                        // into wants_, of the group at hand
  std::unordered_map<std::uint64_t, std::uint32_t> shared_;  // by tensor, region and type
};

}  // namespace alidade::lowering
