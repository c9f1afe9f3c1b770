#include "traffic.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"

namespace alidade::fusion {
namespace {

/// Adds up one group after another. A tensor that a group makes is read there for nothing; it is not even
/// written when nobody else reads it. What several operators of a group read from outside is read once.
class Traffic {
 public:
  Traffic(const Graph& graph, const CostProfile& cost, FusionPlan& plan)
      : g_(graph),
        cost_(cost),
        plan_(plan),
        root_(storage_roots(graph)),
        leaves_(graph.value_count(), false),
        read_in_(graph.value_count(), FusionPlan::kNone) {
    find_leaving();
  }

  void add() {
    for (std::uint32_t g = 0; g < plan_.groups.size(); ++g) {
      auto& group = plan_.groups[g];
      for (const NodeId n : plan_.operators(group)) add_node(n, g, group);
      plan_.apart += group.apart, plan_.together += group.together;
    }
  }

 private:
  /// Which tensors are read outside of the group that makes them, or by nobody in the graph.
  void find_leaving() {
    for (const NodeId n : g_.nodes())
      for (const ValueId v : g_.inputs(n))
        if (v.valid() && maker_group(root_[v]) != plan_.group_of[n]) leaves_[root_[v]] = true;
    for (const ValueId v : g_.outputs()) leaves_[root_[v]] = true;
    for (const NodeId n : g_.nodes())
      for (const RegionId r : g_.regions(n))
        for (const ValueId v : g_.results(r)) leaves_[root_[v]] = true;
    for (const ValueId v : g_.values())
      if (g_.users(v).empty()) leaves_[v] = true;
  }
  [[nodiscard]] std::uint32_t maker_group(ValueId v) const {
    const NodeId maker = g_.producer(v);
    return maker.valid() ? plan_.group_of[maker] : FusionPlan::kNone;
  }

  void add_node(NodeId n, std::uint32_t g, FusionGroup& group) {
    const auto& row = cost_.nodes[n];
    const std::uint64_t input = row.work.input.value - spared_reads(n, g, row.work.input.value, false);
    const std::uint64_t weight = row.work.weight.value - spared_reads(n, g, row.work.weight.value, true);
    std::uint64_t output = row.work.output.value;
    for (const ValueId v : g_.outputs(n))
      if (root_[v] == v && !leaves_[v]) {
        const auto kept = std::min(output, known_bytes(g_, v));
        output -= kept, group.inside.value += kept * row.runs;
      }
    for (const ValueId v : g_.inputs(n))
      if (v.valid()) read_in_[root_[v]] = g;
    group.apart.value += row.work.traffic().value * row.runs;
    group.together.value += (input + weight + output) * row.runs;
    add_chain(n, g, row.runs);
  }

  /// What a node would read alone and finds in the group: made there, or read before.
  [[nodiscard]] std::uint64_t spared_reads(NodeId n, std::uint32_t g, std::uint64_t most, bool stored) const {
    std::uint64_t spared = 0;
    const auto inputs = g_.inputs(n);
    for (auto v = inputs.begin(); v != inputs.end(); ++v) {
      if (!v->valid() || is_stored(g_.kind(root_[*v])) != stored || std::find(inputs.begin(), v, *v) != v)
        continue;
      if (maker_group(root_[*v]) == g || read_in_[root_[*v]] == g)
        spared += std::min(known_bytes(g_, *v), known_bytes(g_, root_[*v]));
    }
    return std::min(spared, most);
  }

  /// The older definition: by edges between operators, views like any other.
  void add_chain(NodeId n, std::uint32_t g, std::uint64_t runs) {
    for (const ValueId v : g_.inputs(n)) {
      if (!v.valid() || g_.kind(v) == ValueKind::buffer || g_.kind(v) == ValueKind::constant) continue;
      const bool inside = g_.producer(v).valid() && maker_group(v) == g;
      (inside ? plan_.chain.inside : plan_.chain.outside).value += known_bytes(g_, v) * runs;
    }
    for (const ValueId v : g_.outputs(n)) {
      const auto users = g_.users(v);
      const bool leaves =
          users.empty() || std::ranges::any_of(users, [&](NodeId u) { return plan_.group_of[u] != g; });
      if (leaves) plan_.chain.outside.value += known_bytes(g_, v) * runs;
    }
  }

  const Graph& g_;
  const CostProfile& cost_;
  FusionPlan& plan_;
  PerValue<ValueId> root_;
  PerValue<char> leaves_;
  PerValue<std::uint32_t> read_in_;  // the group that has read a tensor last
};

}  // namespace

void add_traffic(const Graph& graph, const CostProfile& cost, FusionPlan& plan) {
  Traffic(graph, cost, plan).add();
}

}  // namespace alidade::fusion
