#include <algorithm>
#include <string>
#include <unordered_map>

#include "alidade/sdk/fusion.hpp"
#include "ordered_groups.hpp"
#include "roles.hpp"
#include "sums.hpp"
#include "traffic/traffic.hpp"

namespace alidade {
namespace fusion {
namespace {

constexpr std::size_t kNearMisses = 100;
constexpr std::uint64_t kAnyCapacity = ~std::uint64_t{0};
constexpr std::size_t kNamed = 6;  // operators in a pattern's name

class Planner {
 public:
  Planner(const FusionInput& s, const Grouping& grouping) : s_(s), grouping_(grouping) {}

  Result<FusionPlan> plan() {
    place_members();
    name_patterns();
    count_work();
    mark_open();
    if (auto fits = add_traffic(s_.graph(), s_.cost(), s_.reads(), plan_); !fits)
      return std::unexpected(std::move(fits).error());
    place_tiles();
    find_near_misses();
    set_sums(s_.graph(), plan_);
    if (plan_.open) plan_.fused = least_traffic(s_, {.capacity_bytes = kAnyCapacity});
    sort_patterns();
    return std::move(plan_);
  }

 private:
  void place_members() {
    auto groups = ordered_groups(s_, grouping_);
    number_ = std::move(groups.place);
    plan_.groups.resize(number_.size());
    named_.resize(number_.size());
    for (std::size_t g = 0; g < number_.size(); ++g)
      plan_.groups[g].first = groups.first(g), plan_.groups[g].count = groups.end[g] - groups.first(g);
    plan_.members = std::move(groups.members), plan_.group_of = std::move(groups.group_of);
    for (const NodeId n : plan_.members) {
      plan_.folded += s_.is_folded(n) ? 1 : 0;
      if (s_.is_elided(n)) plan_.written_in_place.push_back(n);
    }
    for (std::size_t g = 0; g < number_.size(); ++g) {
      const auto& stop = grouping_.stops[g];
      auto& group = plan_.groups[number_[g]];
      group.boundary = stop.boundary;
      named_[number_[g]] = is_all_folded(group) ? "folded" : stop.pattern;
      if (stop.next == Grouping::kNone) continue;
      group.next = s_.order().node(stop.next);
      group.near_miss = is_near_miss(stop);
    }
  }

  /// What tiles move again counts as traffic of their group.
  void place_tiles() {
    if (grouping_.tiles.empty()) return;
    plan_.tiles.resize(number_.size());
    for (std::size_t g = 0; g < number_.size(); ++g) {
      auto& group = plan_.groups[number_[g]];
      const auto runs = s_.cost().nodes[plan_.operators(group)[0]].runs;
      plan_.tiles[number_[g]] = grouping_.tiles[g];
      group.fused += Bytes(grouping_.tiles[g].again().value * runs);
    }
  }

  [[nodiscard]] bool is_all_folded(const FusionGroup& group) const {
    return std::ranges::all_of(plan_.operators(group), [&](NodeId n) { return s_.is_folded(n); });
  }

  /// Groups with the same kinds of operators in order, or named alike by the strategy, are of one pattern.
  void name_patterns() {
    std::unordered_map<std::string, std::uint32_t> known;
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
      const auto key = named_[g].empty() ? kinds_of(plan_.groups[g]) : std::string(named_[g]);
      const auto [at, fresh] = known.try_emplace(key, static_cast<std::uint32_t>(plan_.patterns.size()));
      if (fresh) plan_.patterns.emplace_back().name = named_[g].empty() ? pattern_name(key) : key;
      plan_.groups[g].pattern = at->second;
    }
  }
  /// A letter for each operator that does something when the model runs; views only where there is nothing
  /// else.
  [[nodiscard]] std::string kinds_of(const FusionGroup& group) const {
    std::string kinds;
    for (const NodeId n : plan_.operators(group))
      if ((role_of(s_.graph(), n) != Role::view && !s_.is_folded(n) && !s_.is_elided(n)) || group.count == 1)
        kinds += static_cast<char>(s_.graph().op(n));
    return kinds;
  }
  static std::string pattern_name(const std::string& kinds) {
    std::string text;
    for (std::size_t i = 0; i < std::min(kinds.size(), kNamed); ++i)
      text += (i == 0 ? "" : "+") + std::string(name(static_cast<Op>(kinds[i])));
    if (kinds.size() > kNamed) text += "+" + std::to_string(kinds.size() - kNamed) + " more";
    return text.empty() ? "views" : text;
  }

  /// Whether it does something of its own when the model runs.
  [[nodiscard]] bool is_kernel(NodeId n) const {
    return !is_free(s_.graph().op(n)) && role_of(s_.graph(), n) != Role::view && !s_.is_folded(n) &&
           !s_.is_elided(n);
  }
  void mark_open() {
    plan_.open = grouping_.by_sizes && std::ranges::any_of(s_.order().nodes(), [&](NodeId n) {
                   const auto& work = s_.cost().nodes[n].work;
                   const bool worked = work.flops_upper == work.flops.value || !grouping_.by_work;
                   return !s_.is_folded(n) && !(work.bytes_known() && worked);
                 });
  }

  void count_work() {
    for (auto& group : plan_.groups)
      for (const NodeId n : plan_.operators(group)) {
        if (s_.is_folded(n)) continue;
        group.launched += is_kernel(n) ? 1 : 0;
        const auto& cost = s_.cost().nodes[n];
        group.macs.value += cost.work.macs.value * cost.runs;
        group.flops.value += cost.work.flops.value * cost.runs;
        group.macs_upper += cost.macs_upper(), group.flops_upper += cost.flops_upper();
      }
  }

  /// The most frequent first.
  void sort_patterns() {
    std::vector<std::uint32_t> order(plan_.patterns.size()), place(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
      return plan_.patterns[a].groups_upper > plan_.patterns[b].groups_upper;
    });
    std::vector<FusionPattern> sorted;
    for (std::uint32_t i = 0; i < order.size(); ++i)
      place[order[i]] = i, sorted.push_back(std::move(plan_.patterns[order[i]]));
    plan_.patterns = std::move(sorted);
    for (auto& group : plan_.groups) group.pattern = place[group.pattern];
  }

  /// What reads nothing as the model runs would save nothing.
  [[nodiscard]] bool is_near_miss(const Grouping::Stop& stop) const {
    return stop.fusible && !is_free(s_.op(stop.next)) && !s_.is_folded(s_.node(stop.next));
  }
  void find_near_misses() {
    for (std::size_t g = 0; g < grouping_.stops.size(); ++g) {
      const auto& stop = grouping_.stops[g];
      if (!is_near_miss(stop)) continue;
      const NodeId to = s_.order().node(stop.next);
      const NodeId from = exit_before(to, static_cast<std::uint32_t>(g));
      if (from.valid()) plan_.near_misses.push_back(near_miss(from, to, stop.boundary));
    }
    const auto greater = [](const NearMiss& a, const NearMiss& b) {
      return a.saving != b.saving ? a.saving > b.saving : a.from < b.from;
    };
    const auto shown = std::min(kNearMisses, plan_.near_misses.size());
    std::ranges::partial_sort(plan_.near_misses, plan_.near_misses.begin() + static_cast<long>(shown),
                              greater);
    plan_.near_misses.resize(shown);
  }
  /// The step of this group that the reader waits for.
  [[nodiscard]] NodeId exit_before(NodeId reader, std::uint32_t group) const {
    for (const auto step : s_.order().before().of(s_.order().step(reader)))
      if (grouping_.group[step] == group) return s_.order().node(step);
    return {};
  }
  [[nodiscard]] NearMiss near_miss(NodeId from, NodeId to, Boundary reason) const {
    const auto& made = s_.cost().nodes[from];
    return {from, to, reason, Bytes(2 * made.work.output.value * made.runs), made.output_upper() * 2};
  }

  const FusionInput& s_;
  const Grouping& grouping_;
  FusionPlan plan_;
  std::vector<std::uint32_t> number_;    // of every group, in an order that they can run in
  std::vector<std::string_view> named_;  // by the strategy, per group
};

}  // namespace
}  // namespace fusion

Result<FusionPlan> plan_of(const FusionInput& input, const Grouping& grouping, std::string strategy,
                           std::string limits) {
  auto plan = fusion::Planner(input, grouping).plan();
  if (plan) plan->strategy = std::move(strategy), plan->limits = std::move(limits);
  return plan;
}

}  // namespace alidade
