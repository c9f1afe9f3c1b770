#pragma once
#include <algorithm>
#include <array>
#include <span>

#include "alidade/ir/axes.hpp"

namespace alidade::parallelism {

/// How many of something there are.
struct Tally {
  std::uint64_t least = 0;
  Upper most;
  Tally() = default;
  explicit Tally(std::uint64_t number) : least(number), most(number) {}
  Tally(std::uint64_t least, Upper most) : least(least), most(most) {}
  void add(const Tally& o) { least += o.least, most += o.most; }
  void either(const Tally& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
  [[nodiscard]] bool exact() const { return most == least; }
};

/// What operators are along the axes of one name.
struct AxisTally {
  Tally ops, free, flops;
  std::uint64_t most_degree = 0;
  Upper most_degree_upper;

  void add(const AxisTally& o) {
    ops.add(o.ops), free.add(o.free), flops.add(o.flops);
    most_degree = std::max(most_degree, o.most_degree);
    most_degree_upper = std::max(most_degree_upper, o.most_degree_upper);
  }
  void either(const AxisTally& o) {
    ops.either(o.ops), free.either(o.free), flops.either(o.flops);
    most_degree = std::min(most_degree, o.most_degree);
    most_degree_upper = std::max(most_degree_upper, o.most_degree_upper);
  }
};
using AxisTallies = std::array<AxisTally, kAxisNames>;

/// One operator with one axis. Of unknown size it may be none at all, and nothing may have to be exchanged.
inline AxisTally of_axis(const Axis& axis, const Tally& flops) {
  const bool known = axis.degree.has_value();
  const bool open = !known || (axis.exchanged.value == 0 && !axis.exchanged_upper.bounded());
  const bool surely = known && axis.is_free(), perhaps = axis.is_free() || open;
  AxisTally one;
  one.ops = {known ? 1U : 0U, 1};
  one.free = {surely ? 1U : 0U, perhaps ? 1U : 0U};
  one.flops = {surely ? flops.least : 0, perhaps ? flops.most : Upper(0)};
  one.most_degree = axis.degree.value_or(0);
  one.most_degree_upper = known ? Upper(*axis.degree) : Upper::none();
  return one;
}

/// The most that either is.
inline Tally greater(const Tally& a, const Tally& b) {
  return {std::max(a.least, b.least), std::max(a.most, b.most)};
}
/// One operator with two axes of one name: free where either is.
inline AxisTally of_either(const AxisTally& a, const AxisTally& b) {
  return {greater(a.ops, b.ops), greater(a.free, b.free), greater(a.flops, b.flops),
          std::max(a.most_degree, b.most_degree), std::max(a.most_degree_upper, b.most_degree_upper)};
}

/// Adds an operator's axes by name.
inline void add_axes(std::span<const Axis> axes, const Tally& flops, AxisTallies& into) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto alike = [&](const Axis& other) { return other.name == axes[i].name; };
    if (std::ranges::any_of(axes.first(i), alike)) continue;
    auto one = of_axis(axes[i], flops);
    for (const auto& other : axes.subspan(i + 1))
      if (alike(other)) one = of_either(one, of_axis(other, flops));
    into.at(static_cast<std::size_t>(axes[i].name)).add(one);
  }
}

}  // namespace alidade::parallelism
