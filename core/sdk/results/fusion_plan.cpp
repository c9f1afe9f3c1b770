// What a fusion plan says of itself.
#include <algorithm>
#include <array>
#include <string>
#include <type_traits>
#include <utility>

#include "alidade/results/fusion.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/region_sums.hpp"

namespace alidade {
namespace {

constexpr std::array kBoundaryNames{"end",       "fork",        "join",        "no rule",  "taken",
                                    "ops limit", "bytes limit", "flops limit", "capacity", "traffic"};

constexpr std::array kHaloNames{"none", "recomputed", "kept"};

double share(Bytes part, Bytes whole) {
  return whole.value == 0 ? 0 : static_cast<double>(part.value) / static_cast<double>(whole.value);
}

Bytes less(Bytes a, Bytes b) { return Bytes(a.value - std::min(a.value, b.value)); }

/// A figure, and what it is at most.
void write_range(const std::string& key, std::uint64_t least, Upper most, ObjectWriter& t) {
  t.count(key, least);
  write_upper(t, key + "_upper", most);
}
/// Of figures that are not known, nothing.
void write_ratio(std::string_view key, double ratio, bool known, ObjectWriter& t) {
  if (known)
    t.real(key, ratio);
  else
    t.nothing(key);
}

struct Side {
  std::uint64_t launches;
  Upper launches_upper;
  Bytes traffic, chain;
  Upper traffic_upper, chain_upper;
};

void write_side(std::string_view key, const FusionPlan& plan, const Side& side, ObjectWriter& t) {
  const bool known = plan.flops_upper == plan.flops.value && side.traffic_upper == side.traffic.value;
  t.begin_object(key);
  write_range("launches", side.launches, side.launches_upper, t);
  write_range("traffic_bytes", side.traffic.value, side.traffic_upper, t);
  write_range("chain_traffic_bytes", side.chain.value, side.chain_upper, t);
  write_ratio("flops_per_byte",
              side.traffic.value == 0
                  ? 0
                  : static_cast<double>(plan.flops.value) / static_cast<double>(side.traffic.value),
              known, t);
  t.end_object();
}

void write_lower_bound(const FusionPlan& plan, bool known, ObjectWriter& t) {
  if (plan.lower_bound.value == 0) return;
  write_range("lower_bound_bytes", plan.lower_bound.value,
              known ? Upper(plan.lower_bound.value) : Upper::none(), t);
  write_ratio("above_lower_bound_share", share(less(plan.fused, plan.lower_bound), plan.lower_bound), known,
              t);
}

void write_summary(const FusionPlan& plan, ObjectWriter& t) {
  const bool counted = plan.ops_upper == plan.ops && plan.group_count_upper == plan.group_count;
  const bool known =
      !plan.open && plan.unfused_upper == plan.unfused.value && plan.fused_upper == plan.fused.value;
  const auto& chain = plan.chain;
  t.text("strategy", plan.strategy);
  if (!plan.limits.empty()) t.text("limits", plan.limits);
  t.flag("groups_depend_on_unknown_sizes", plan.open);
  write_range("operators", plan.ops, plan.ops_upper, t);
  t.count("folded_operators", plan.folded);
  write_range("groups", plan.group_count, plan.group_count_upper, t);
  write_ratio(
      "operators_per_group",
      plan.group_count == 0 ? 0 : static_cast<double>(plan.ops) / static_cast<double>(plan.group_count),
      counted, t);
  write_range("largest_group", plan.largest, plan.largest_upper, t);
  write_ratio("traffic_saved_share", share(less(plan.unfused, plan.fused), plan.unfused), known, t);
  write_ratio("chain_traffic_saved_share", share(chain.inside, chain.unfused()),
              !plan.open && chain.unfused_upper() == chain.unfused().value, t);
  write_side("before", plan,
             {plan.launched_ops, plan.launched_ops_upper, plan.unfused, chain.unfused(), plan.unfused_upper,
              chain.unfused_upper()},
             t);
  write_side(
      "after", plan,
      {plan.launches, plan.launches_upper, plan.fused, chain.outside, plan.fused_upper, chain.outside_upper},
      t);
  write_lower_bound(plan, known, t);
}

void write_patterns(const FusionPlan& plan, ObjectWriter& t) {
  t.begin_array("patterns");
  for (const auto& pattern : plan.patterns) {
    t.begin_object();
    t.text("pattern", pattern.name);
    write_range("groups", pattern.groups, pattern.groups_upper, t);
    write_range("operators", pattern.ops, pattern.ops_upper, t);
    write_range("saved_bytes", pattern.saved.value, pattern.saved_upper, t);
    t.end_object();
  }
  t.end_array();
}

/// How many groups there are, from the least to the most.
struct Groups {
  std::uint64_t least = 0, most = 0;
  void add(const Groups& o) { least += o.least, most += o.most; }
  void either(const Groups& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
  void repeat(const Trips& trips) { repeat_unchanged(*this, trips); }
};

/// Groups by a key of theirs.
template <class KeyOf, class Write>
void write_counts(std::string_view title, const FusionPlan& plan, const Graph& graph, KeyOf&& key_of,
                  Write&& write, ObjectWriter& t) {
  using Key = std::decay_t<decltype(key_of(plan.groups[0]))>;
  const auto sums = region_sums<KeyedSums<Key, Groups>>(graph, [&](NodeId n, KeyedSums<Key, Groups>& into) {
    const auto g = plan.group_of[n];
    if (g == FusionPlan::kNone || plan.operators(plan.groups[g])[0] != n) return;
    into[key_of(plan.groups[g])].add({1, 1});
  });
  t.begin_array(title);
  for (const auto& [key, groups] : sums.front().rows) {
    t.begin_object();
    write(key);
    write_range("groups", groups.least, groups.most, t);
    t.end_object();
  }
  t.end_array();
}

void write_histograms(const FusionPlan& plan, const Graph& graph, ObjectWriter& t) {
  write_counts(
      "sizes", plan, graph, [](const FusionGroup& group) { return group.count; },
      [&](std::uint32_t size) { t.count("operators", size); }, t);
  write_counts(
      "boundaries", plan, graph, [](const FusionGroup& group) { return group.boundary; },
      [&](Boundary b) { t.text("reason", name(b)); }, t);
}

void write_near_misses(const FusionPlan& plan, const PerNode<std::string>& names, ObjectWriter& t) {
  write_range("near_miss_count", plan.near_miss_count, plan.near_miss_count_upper, t);
  t.begin_array("near_misses");
  for (const auto& miss : plan.near_misses) {
    t.begin_object();
    t.text("from", names[miss.from]);
    t.text("to", names[miss.to]);
    t.text("reason", name(miss.reason));
    write_range("saving_bytes", miss.saving.value, miss.saving_upper, t);
    t.end_object();
  }
  t.end_array();
}

/// Of a group of which not all sizes are known, nothing.
void write_tiles(const GroupTiles& tiles, bool sized, ObjectWriter& t) {
  if (!sized) return t.nothing("tiles");
  t.begin_object("tiles");
  t.count("count", tiles.tiles);
  t.text("halo", name(tiles.halo));
  t.count("buffer_bytes", tiles.buffer.value);
  t.count("held_bytes", tiles.held.value);
  t.count("operands_again_bytes", tiles.operands_again.value);
  t.count("halo_again_bytes", tiles.halo_again.value);
  t.count("recomputed_flops", tiles.recomputed.value);
  t.count("one_by_one_bytes", tiles.one_by_one.value);
  t.begin_array("cuts");
  for (const auto& cut : tiles.cuts) {
    t.begin_object();
    t.count("dimension", cut.dimension);
    t.count("size", cut.size);
    t.count("of", cut.whole);
    t.end_object();
  }
  t.end_array();
  t.end_object();
}

void write_groups(const FusionPlan& plan, const PerNode<std::string>& names, ObjectWriter& t) {
  t.begin_array("group_list");
  for (std::size_t i = 0; i < plan.groups.size(); ++i) {
    const auto& group = plan.groups[i];
    t.begin_object();
    t.count("group", i);
    t.text("pattern", plan.patterns[group.pattern].name);
    t.count("macs", group.macs.value);
    write_upper(t, "macs_upper", group.macs_upper);
    t.count("flops", group.flops.value);
    write_upper(t, "flops_upper", group.flops_upper);
    for (const auto& [key, bytes] :
         {std::pair{"traffic_unfused_bytes", group.unfused}, std::pair{"traffic_bytes", group.fused},
          std::pair{"inside_bytes", group.inside}})
      write_range(key, bytes.value, group.sized ? Upper(bytes.value) : Upper::none(), t);
    t.text("boundary", name(group.boundary));
    t.text("next", group.next.valid() ? std::string_view(names[group.next]) : std::string_view());
    if (!plan.tiles.empty()) write_tiles(plan.tiles[i], group.sized || plan.tiles[i].tiles > 1, t);
    t.begin_array("operators");
    for (const NodeId n : plan.operators(group)) t.text({}, names[n]);
    t.end_array();
    t.end_object();
  }
  t.end_array();
}

}  // namespace

std::string_view name(GroupTiles::Halo halo) { return kHaloNames[static_cast<std::size_t>(halo)]; }
std::string_view name(Boundary boundary) { return kBoundaryNames[static_cast<std::size_t>(boundary)]; }

void FusionPlan::write(const Graph& graph, ObjectWriter& t) const {
  const auto names = layer_names(graph);
  write_summary(*this, t);
  write_patterns(*this, t);
  write_histograms(*this, graph, t);
  write_near_misses(*this, names, t);
  write_groups(*this, names, t);
}

}  // namespace alidade
