#include "sums.hpp"

#include <algorithm>
#include <array>

#include "alidade/sdk/region_sums.hpp"

namespace alidade::fusion {
namespace {

/// One figure, from the least to the most.
struct Span {
  std::uint64_t least = 0;
  Upper most;
  void add(const Span& o) { least += o.least, most += o.most; }
  void either(const Span& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
};

/// What some groups come to, of all runs; bytes of a loop that the data end are those of as many trips as
/// there are for certain, or of one.
struct Sum {
  enum Figure : std::uint8_t {
    groups,
    ops,
    launches,
    launched_ops,
    near_misses,
    flops,
    unfused,
    fused,
    saved,
    outside,
    inside,
    count
  };
  std::array<Span, count> figures;
  Span largest;

  void add(const Sum& o) {
    for (std::size_t i = 0; i < count; ++i) figures.at(i).add(o.figures.at(i));
    largest.least = std::max(largest.least, o.largest.least);
    largest.most = std::max(largest.most, o.largest.most);
  }
  void either(const Sum& o) {
    for (std::size_t i = 0; i < count; ++i) figures.at(i).either(o.figures.at(i));
    largest.either(o.largest);
  }
  void repeat(const Trips& trips) {
    repeat_unchanged(*this, trips);
    if (trips.known()) return;
    for (std::size_t i = unfused; i < count; ++i) figures.at(i).most *= trips.most;
  }
};

Sum of_group(const FusionGroup& group) {
  const auto sized = [&](std::uint64_t bytes) {
    return Span{bytes, group.sized ? Upper(bytes) : Upper::none()};
  };
  Sum sum;
  const std::uint64_t kernels = group.launched > 0 ? 1 : 0;
  sum.figures = {Span{1, 1},
                 Span{group.count, group.count},
                 Span{kernels, kernels},
                 Span{group.launched, group.launched},
                 Span{group.near_miss ? 1U : 0U, group.near_miss ? 1U : 0U},
                 Span{group.flops.value, group.flops_upper},
                 sized(group.unfused.value),
                 sized(group.fused.value),
                 sized(group.unfused.value - std::min(group.unfused.value, group.fused.value)),
                 Span{group.chain.outside.value, group.chain.outside_upper},
                 Span{group.chain.inside.value, group.chain.inside_upper}};
  sum.largest = {group.count, group.count};
  return sum;
}

/// Groups of these operators may be any: from nothing but parts of others to each operator by itself.
void open(const FusionGroup& group, Sum& sum) {
  auto& f = sum.figures;
  for (const auto figure : {Sum::groups, Sum::near_misses, Sum::saved, Sum::fused, Sum::outside, Sum::inside})
    f[figure].least = 0;
  f[Sum::groups].most = f[Sum::near_misses].most = group.count;
  f[Sum::launches] = {0, group.launched};
  f[Sum::fused].most = f[Sum::saved].most = f[Sum::unfused].most;
  f[Sum::outside].most = f[Sum::inside].most = group.chain.unfused_upper();
}

/// The whole plan, and each of its patterns.
struct Sums {
  Sum whole;
  KeyedSums<std::uint32_t, Sum> patterns;
  void add(const Sums& o) { whole.add(o.whole), patterns.add(o.patterns); }
  void either(const Sums& o) { whole.either(o.whole), patterns.either(o.patterns); }
  void repeat(const Trips& trips) { whole.repeat(trips), patterns.repeat(trips); }
};

void set_whole(const Sum& sum, FusionPlan& plan) {
  const auto& f = sum.figures;
  plan.group_count = f[Sum::groups].least, plan.group_count_upper = f[Sum::groups].most;
  plan.ops = f[Sum::ops].least, plan.ops_upper = f[Sum::ops].most;
  plan.near_miss_count = f[Sum::near_misses].least, plan.near_miss_count_upper = f[Sum::near_misses].most;
  plan.launches = f[Sum::launches].least, plan.launches_upper = f[Sum::launches].most;
  plan.launched_ops = f[Sum::launched_ops].least, plan.launched_ops_upper = f[Sum::launched_ops].most;
  plan.largest = sum.largest.least, plan.largest_upper = sum.largest.most;
  plan.flops = Flops(f[Sum::flops].least), plan.flops_upper = f[Sum::flops].most;
  plan.unfused = Bytes(f[Sum::unfused].least), plan.unfused_upper = f[Sum::unfused].most;
  plan.fused = Bytes(f[Sum::fused].least), plan.fused_upper = f[Sum::fused].most;
  plan.sized = plan.fused_upper.bounded() && plan.unfused_upper.bounded();
  plan.chain = {Bytes(f[Sum::outside].least), Bytes(f[Sum::inside].least), f[Sum::outside].most,
                f[Sum::inside].most};
}

/// Where something runs there is a group, and where something does anything a kernel.
void keep_open(FusionPlan& plan) {
  plan.group_count = std::min<std::uint64_t>(1, plan.ops);
  plan.launches = std::min<std::uint64_t>(1, plan.launched_ops);
  plan.largest = plan.group_count, plan.largest_upper = plan.ops_upper;
}

}  // namespace

void set_sums(const Graph& graph, FusionPlan& plan) {
  const auto sums = region_sums<Sums>(graph, [&](NodeId n, Sums& into) {
    const auto g = plan.group_of[n];
    if (g == FusionPlan::kNone || plan.operators(plan.groups[g])[0] != n) return;
    Sum one = of_group(plan.groups[g]);
    if (plan.open) open(plan.groups[g], one);
    into.whole.add(one), into.patterns[plan.groups[g].pattern].add(one);
  });
  set_whole(sums.front().whole, plan);
  if (plan.open) keep_open(plan);
  for (const auto& [id, sum] : sums.front().patterns.rows) {
    auto& pattern = plan.patterns[id];
    const auto& f = sum.figures;
    pattern.groups = f[Sum::groups].least, pattern.groups_upper = f[Sum::groups].most;
    pattern.ops = f[Sum::ops].least, pattern.ops_upper = f[Sum::ops].most;
    pattern.saved = Bytes(f[Sum::saved].least), pattern.saved_upper = f[Sum::saved].most;
  }
}

}  // namespace alidade::fusion
