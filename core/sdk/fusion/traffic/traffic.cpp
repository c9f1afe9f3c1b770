#include "traffic.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "group_traffic.hpp"

namespace alidade::fusion {
namespace {

/// Fills in one group after another.
class Traffic {
 public:
  Traffic(const Graph& graph, const CostProfile& cost, const Reads& reads, FusionPlan& plan)
      : g_(graph),
        cost_(cost),
        reads_(reads),
        plan_(plan),
        traffic_(graph, reads, plan.members, plan.group_of) {}

  Result<void> add() {
    for (std::uint32_t g = 0; g < plan_.groups.size(); ++g) {
      auto& group = plan_.groups[g];
      traffic_.begin(g);
      for (const NodeId n : plan_.operators(group)) {
        add_node(n, g, group);
        group.sized &= reads_.is_folded(n) || cost_.nodes[n].traffic_upper().bounded();
        if (!all_.fits())
          return fail(Fault::model, "the operands of all operators do not fit 63 bits of bytes at node '" +
                                        text::printable(g_.name(n)) + "'");
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::uint32_t group_of(NodeId maker) const {
    return maker.valid() ? plan_.group_of[maker] : FusionPlan::kNone;
  }

  void add_node(NodeId n, std::uint32_t g, FusionGroup& group) {
    const auto& row = cost_.nodes[n];
    std::uint64_t traffic = reads_.unseen(n), inside = 0;
    for (const ValueId v : g_.outputs(n)) (traffic_.is_written(v) ? traffic : inside) += reads_.made(v);
    traffic_.each_read(n, [&](const Read&, std::uint64_t bytes, bool sized) {
      group.sized &= sized;
      traffic += bytes;
    });
    group.inside.value += inside * row.runs;
    if (!reads_.is_folded(n)) group.unfused.value += row.work.traffic().value * row.runs;
    group.fused.value += traffic * row.runs;
    add_chain(n, g, group.chain);
  }

  /// The older definition: by edges between operators, views like any other. The cost profile bounds no
  /// views: these sums are checked here.
  void add_chain(NodeId n, std::uint32_t g, ChainTraffic& chain) {
    for (const ValueId v : g_.inputs(n)) {
      if (!v.valid() || g_.kind(v) == ValueKind::buffer || g_.kind(v) == ValueKind::constant) continue;
      if (group_of(g_.producer(v)) == g)
        add_edge(n, v, chain.inside, chain.inside_upper);
      else
        add_edge(n, v, chain.outside, chain.outside_upper);
    }
    for (const ValueId v : g_.outputs(n)) {
      const auto users = g_.users(v);
      const bool leaves =
          users.empty() || std::ranges::any_of(users, [&](NodeId u) { return plan_.group_of[u] != g; });
      if (leaves) add_edge(n, v, chain.outside, chain.outside_upper);
    }
  }
  void add_edge(NodeId n, ValueId v, Bytes& least, Upper& most) {
    const auto& cost = cost_.nodes[n];
    const auto once = g_.type(v).size_bytes();
    const Count bytes = once.value_or(0) * Count(cost.runs);
    all_ += bytes;
    least += Bytes(bytes.get().value_or(0));
    most += once ? Upper(once->get().value_or(0)) * cost.runs_upper : Upper::none() * cost.runs_upper;
  }

  const Graph& g_;
  const CostProfile& cost_;
  const Reads& reads_;
  FusionPlan& plan_;
  GroupTraffic traffic_;
  Count all_;  // under the older definition
};

}  // namespace

Result<void> add_traffic(const Graph& graph, const CostProfile& cost, const Reads& reads, FusionPlan& plan) {
  return Traffic(graph, cost, reads, plan).add();
}

}  // namespace alidade::fusion
