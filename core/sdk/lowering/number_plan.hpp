#pragma once
#include "alidade/sdk/lowering.hpp"
#include "autocast.hpp"

namespace alidade::lowering {

/// Whether numbers of this type follow the precision: real ones of 16 bits or more.
[[nodiscard]] bool follows_precision(Dtype dtype);

/// The type that every value has under a precision, and the types that operators want to find in memory.
class NumberPlan {
 public:
  NumberPlan(const FusionInput& input, const Lowering& lowering);
  /// That its maker gives it, or that it is stored in.
  [[nodiscard]] Dtype type(ValueId v) const { return types_[v]; }
  /// That an operator wants a tensor in: the same as type(root) where it takes any.
  [[nodiscard]] Dtype wanted(NodeId n, ValueId root) const;
  /// How a contraction multiplies.
  [[nodiscard]] Arithmetic multiplied(NodeId n) const;
  /// Bytes in `type` of what takes so many in the type that the file has.
  [[nodiscard]] Count bytes(ValueId root, std::uint64_t stored, Dtype type) const;
  [[nodiscard]] PerValue<Dtype> take_types() && { return std::move(types_); }

 private:
  [[nodiscard]] Dtype base(Dtype captured) const;
  [[nodiscard]] Dtype stored(ValueId v) const;
  [[nodiscard]] bool is_only_multiplied(ValueId v, int hops = 0) const;
  [[nodiscard]] bool multiplies_weight(NodeId n) const;
  [[nodiscard]] Dtype result(NodeId n, Dtype captured) const;
  [[nodiscard]] Dtype promoted(NodeId n, Dtype captured) const;
  [[nodiscard]] bool is_factor(NodeId n, ValueId root) const;

  const FusionInput& input_;
  const Graph& g_;
  Lowering lowering_;
  PerNode<Autocast> rules_;  // under autocast alone
  PerValue<Dtype> types_;
};

}  // namespace alidade::lowering
