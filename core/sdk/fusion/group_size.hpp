#pragma once
#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// How much a group holds: operators, bytes that they make and weights that they read, work.
struct GroupSize {
  std::uint64_t ops = 0, bytes = 0, flops = 0;

  [[nodiscard]] static GroupSize of(const FusionInput& input, std::uint32_t step) {
    if (input.is_folded(input.node(step)) || input.is_elided(input.node(step))) return {1, 0, 0};
    const auto& work = input.cost_of(step).work;
    return {1, work.output.value + work.weight.value, work.flops.value};
  }
  GroupSize& operator+=(const GroupSize& other) {
    ops += other.ops, bytes += other.bytes, flops += other.flops;
    return *this;
  }
  friend GroupSize operator+(GroupSize a, const GroupSize& b) { return a += b; }
  /// The first limit that it is beyond; `end` where it is within all of them.
  [[nodiscard]] Boundary beyond(const GroupLimits& limits) const {
    if (limits.ops > 0 && ops > limits.ops) return Boundary::ops_limit;
    if (limits.bytes > 0 && bytes > limits.bytes) return Boundary::bytes_limit;
    if (limits.flops > 0 && flops > limits.flops) return Boundary::flops_limit;
    return Boundary::end;
  }
  [[nodiscard]] bool within(const GroupLimits& limits) const { return beyond(limits) == Boundary::end; }
};

}  // namespace alidade::fusion
