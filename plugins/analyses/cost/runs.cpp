#include "runs.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/dependencies.hpp"

namespace alidade::cost {
namespace {

std::string quoted(const Graph& graph, NodeId n) { return "'" + text::printable(graph.name(n)) + "'"; }

/// Regions are numbered parents first: costs are summed from the last to the first, runs set from the first
/// to the last.
class Regions {
 public:
  Regions(const Graph& graph, PerNode<NodeCost>& nodes, std::vector<Diagnostic>& remarks)
      : g_(graph), nodes_(nodes), remarks_(remarks), cost_(region_count(graph)), runs_(cost_.size(), 1) {}

  Result<void> set() {
    if (cost_.size() == 1) return {};
    for (std::size_t r = cost_.size(); r-- > 0;) sum(RegionId(r));
    for (std::size_t r = 1; r < cost_.size(); ++r)
      if (auto fits = spread(RegionId(r)); !fits) return fits;
    for (const NodeId n : g_.nodes()) nodes_[n].runs = runs_[g_.region_of(n).index];
    return {};
  }

 private:
  void sum(RegionId r) {
    for (const NodeId n : g_.body(r)) cost_[r.index] += Count(nodes_[n].work.flops_upper.value) + inside(n);
  }
  /// What the regions of one node cost in all its trips.
  Count inside(NodeId n) const {
    Count all;
    if (g_.op(n) == Op::if_else) return g_.regions(n).empty() ? all : cost_[costlier(n).index];
    for (const RegionId r : g_.regions(n)) all += cost_[r.index];
    return all * Count(trips(n));
  }
  std::uint64_t trips(NodeId n) const {
    const bool loops = family_of(g_.op(n)) == AttrFamily::loop;
    const auto trips = loops ? g_.attrs<LoopAttrs>(n).trips : 1;
    return trips < 0 ? 1 : static_cast<std::uint64_t>(trips);
  }
  /// The first among equals; a cost that does not fit is the greatest.
  RegionId costlier(NodeId n) const {
    RegionId best = g_.regions(n)[0];
    const auto worth = [&](RegionId r) { return cost_[r.index].get().value_or(UINT64_MAX); };
    for (const RegionId r : g_.regions(n))
      if (worth(r) > worth(best)) best = r;
    return best;
  }
  Result<void> spread(RegionId r) {
    const NodeId owner = g_.owner(r);
    const bool chooses = g_.op(owner) == Op::if_else;
    const bool first = r == g_.regions(owner)[0];
    if (first) remark(owner);
    if (chooses && r != costlier(owner)) return runs_[r.index] = 0, Result<void>{};
    const auto runs = (Count(runs_[g_.region_of(owner).index]) * Count(trips(owner))).get();
    if (!runs)
      return fail(Fault::model,
                  "the trips of node " + quoted(g_, owner) + " and the loops around it do not fit 63 bits");
    runs_[r.index] = *runs;
    return {};
  }
  void remark(NodeId n) {
    if (g_.op(n) == Op::if_else && g_.regions(n).size() > 1) {
      const bool then = costlier(n) == g_.regions(n)[0];
      remarks_.push_back({Severity::note, "costlier-branch",
                          "of the branches of " + quoted(g_, n) +
                              " the costlier one is counted: " + (then ? "then" : "else"),
                          n});
    }
    if (family_of(g_.op(n)) == AttrFamily::loop && g_.attrs<LoopAttrs>(n).trips < 0)
      remarks_.push_back({Severity::warning, "per-iteration",
                          "the data decide how often " + quoted(g_, n) + " loops: counted per iteration", n});
  }

  const Graph& g_;
  PerNode<NodeCost>& nodes_;
  std::vector<Diagnostic>& remarks_;
  std::vector<Count> cost_;
  std::vector<std::uint64_t> runs_;
};

}  // namespace

Result<void> set_runs(const Graph& graph, PerNode<NodeCost>& nodes, std::vector<Diagnostic>& remarks) {
  return Regions(graph, nodes, remarks).set();
}

}  // namespace alidade::cost
