// What a fusion plan says of itself.
#include <algorithm>
#include <array>
#include <map>

#include "alidade/results/fusion.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

constexpr std::array kBoundaryNames{"end",       "fork",        "join",        "no rule",  "taken",
                                    "ops limit", "bytes limit", "flops limit", "capacity", "traffic"};

double share(Bytes part, Bytes whole) {
  return whole.value == 0 ? 0 : static_cast<double>(part.value) / static_cast<double>(whole.value);
}

Bytes less(Bytes a, Bytes b) { return Bytes(a.value - std::min(a.value, b.value)); }

/// A figure of bytes, and what it is at most.
void write_bytes(std::string_view key, std::string_view upper_key, Bytes bytes, bool sized, ObjectWriter& t) {
  t.count(key, bytes.value);
  write_upper(t, upper_key, sized ? Upper(bytes.value) : Upper::none());
}

void write_side(std::string_view key, std::uint64_t units, Flops flops, Bytes traffic, Bytes chain,
                bool known, bool sized, ObjectWriter& t) {
  t.begin_object(key);
  t.count("launches", units);
  write_bytes("traffic_bytes", "traffic_bytes_upper", traffic, sized, t);
  t.count("chain_traffic_bytes", chain.value);
  if (known && sized)
    t.real("flops_per_byte",
           traffic.value == 0 ? 0 : static_cast<double>(flops.value) / static_cast<double>(traffic.value));
  else
    t.nothing("flops_per_byte");
  t.end_object();
}

void write_summary(const FusionPlan& plan, ObjectWriter& t) {
  Flops flops;
  std::uint32_t largest = 0;
  bool known = true;
  for (const auto& group : plan.groups) {
    flops += group.flops, largest = std::max(largest, group.count);
    known &= group.flops_upper == group.flops.value;
  }
  t.text("strategy", plan.strategy);
  if (!plan.limits.empty()) t.text("limits", plan.limits);
  t.count("operators", plan.members.size());
  t.count("folded_operators", plan.folded);
  t.count("groups", plan.groups.size());
  t.real("operators_per_group", plan.groups.empty() ? 0
                                                    : static_cast<double>(plan.members.size()) /
                                                          static_cast<double>(plan.groups.size()));
  t.count("largest_group", largest);
  t.real("traffic_saved_share", share(less(plan.unfused, plan.fused), plan.unfused));
  t.real("chain_traffic_saved_share", share(plan.chain.inside, plan.chain.unfused()));
  write_side("before", plan.members.size(), flops, plan.unfused, plan.chain.unfused(), known, plan.sized, t);
  write_side("after", plan.groups.size(), flops, plan.fused, plan.chain.outside, known, plan.sized, t);
  if (plan.lower_bound.value == 0) return;
  t.count("lower_bound_bytes", plan.lower_bound.value);
  t.real("above_lower_bound_share", share(less(plan.fused, plan.lower_bound), plan.lower_bound));
}

void write_patterns(const FusionPlan& plan, ObjectWriter& t) {
  t.begin_array("patterns");
  for (const auto& pattern : plan.patterns) {
    t.begin_object();
    t.text("pattern", pattern.name);
    t.count("groups", pattern.groups);
    t.count("operators", pattern.ops);
    t.count("saved_bytes", pattern.saved.value);
    t.end_object();
  }
  t.end_array();
}

template <class Key, class Write>
void write_counts(std::string_view title, const std::map<Key, std::uint64_t>& counts, Write&& write,
                  ObjectWriter& t) {
  t.begin_array(title);
  for (const auto& [key, groups] : counts) {
    t.begin_object();
    write(key);
    t.count("groups", groups);
    t.end_object();
  }
  t.end_array();
}

void write_histograms(const FusionPlan& plan, ObjectWriter& t) {
  std::map<std::uint32_t, std::uint64_t> sizes;
  std::map<Boundary, std::uint64_t> reasons;
  for (const auto& group : plan.groups) ++sizes[group.count], ++reasons[group.boundary];
  write_counts("sizes", sizes, [&](std::uint32_t size) { t.count("operators", size); }, t);
  write_counts("boundaries", reasons, [&](Boundary b) { t.text("reason", name(b)); }, t);
}

void write_near_misses(const FusionPlan& plan, const PerNode<std::string>& names, ObjectWriter& t) {
  t.count("near_miss_count", plan.near_miss_count);
  t.begin_array("near_misses");
  for (const auto& miss : plan.near_misses) {
    t.begin_object();
    t.text("from", names[miss.from]);
    t.text("to", names[miss.to]);
    t.text("reason", name(miss.reason));
    t.count("saving_bytes", miss.saving.value);
    t.end_object();
  }
  t.end_array();
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
    t.count("traffic_unfused_bytes", group.unfused.value);
    write_bytes("traffic_bytes", "traffic_bytes_upper", group.fused, group.sized, t);
    t.count("inside_bytes", group.inside.value);
    t.text("boundary", name(group.boundary));
    t.text("next", group.next.valid() ? std::string_view(names[group.next]) : std::string_view());
    t.begin_array("operators");
    for (const NodeId n : plan.operators(group)) t.text({}, names[n]);
    t.end_array();
    t.end_object();
  }
  t.end_array();
}

}  // namespace

std::string_view name(Boundary boundary) { return kBoundaryNames[static_cast<std::size_t>(boundary)]; }

void FusionPlan::write(const Graph& graph, ObjectWriter& t) const {
  const auto names = layer_names(graph);
  write_summary(*this, t);
  write_patterns(*this, t);
  write_histograms(*this, t);
  write_near_misses(*this, names, t);
  write_groups(*this, names, t);
}

}  // namespace alidade
