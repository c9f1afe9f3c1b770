#include "runs.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/region_sums.hpp"

namespace alidade::cost {
namespace {

std::string quoted(const Graph& graph, NodeId n) { return "'" + text::printable(graph.name(n)) + "'"; }

bool chooses(const Graph& graph, NodeId n) {
  return graph.op(n) == Op::if_else && graph.regions(n).size() > 1;
}
/// The most FLOPs of a region. What the data repeat counts as often as it runs for certain, or once: it is
/// what branches are compared by.
struct Most {
  Upper flops;
  void add(const Most& o) { flops += o.flops; }
  void either(const Most& o) { flops = std::max(flops, o.flops); }
  void repeat(const Trips& trips) { flops *= trips.at_least_one(); }
};

/// How the nodes of a region run.
struct Runs {
  std::uint64_t least = 1;
  Upper most = 1;
  bool conditional = false, cheaper = false;
};

/// Regions are numbered parents first: runs are set from the first to the last.
class Regions {
 public:
  Regions(const Graph& graph, PerNode<NodeCost>& nodes, std::vector<Diagnostic>& remarks)
      : g_(graph), nodes_(nodes), remarks_(remarks), runs_(region_count(graph)) {}

  Result<void> set() {
    if (runs_.size() == 1) return {};
    most_ = region_sums<Most>(g_, [&](NodeId n, Most& sum) { sum.add({nodes_[n].work.flops_upper}); });
    for (std::size_t r = 1; r < runs_.size(); ++r)
      if (auto fits = spread(RegionId(r)); !fits) return fits;
    for (const NodeId n : g_.nodes()) {
      const auto& runs = runs_[g_.region_of(n).index];
      nodes_[n].runs = runs.least, nodes_[n].runs_upper = runs.most;
      nodes_[n].conditional = runs.conditional, nodes_[n].cheaper = runs.cheaper;
    }
    return {};
  }

 private:
  /// The first among equals; one without a bound is the greatest.
  [[nodiscard]] RegionId costliest(NodeId n) const {
    RegionId best = g_.regions(n)[0];
    for (const RegionId r : g_.regions(n))
      if (most_[r.index].flops > most_[best.index].flops) best = r;
    return best;
  }
  Result<void> spread(RegionId r) {
    const NodeId owner = g_.owner(r);
    if (r == g_.regions(owner)[0]) remark(owner);
    auto& runs = runs_[r.index] = runs_[g_.region_of(owner).index];
    if (chooses(g_, owner)) runs.conditional = true, runs.cheaper |= r != costliest(owner);
    const Trips trips = trips_of(g_, owner);
    const auto least = (Count(runs.least) * Count(trips.at_least_one())).get();
    if (!least)
      return fail(Fault::model,
                  "the trips of node " + quoted(g_, owner) + " and the loops around it do not fit 63 bits");
    runs.least = *least;
    runs.most *= trips.most;
    runs.conditional |= trips.least == 0 && trips.most > 0;
    return {};
  }
  void remark(NodeId n) {
    if (chooses(g_, n)) {
      const bool then = costliest(n) == g_.regions(n)[0];
      remarks_.push_back({Severity::note, "unknown-branch",
                          "which branch of " + quoted(g_, n) +
                              " runs is not known: figures go from the cheaper to the costlier one, " +
                              (then ? "then" : "else"),
                          n});
    }
    if (const Trips trips = trips_of(g_, n); !trips.known())
      remarks_.push_back(
          {Severity::warning, "per-iteration",
           "the data decide how often " + quoted(g_, n) + " loops: figures go from " +
               text::counted(trips.least, "trip") + " to " +
               (trips.most.bounded() ? text::counted(*trips.most.get(), "trip") : "no upper bound"),
           n});
  }

  const Graph& g_;
  PerNode<NodeCost>& nodes_;
  std::vector<Diagnostic>& remarks_;
  std::vector<Most> most_;
  std::vector<Runs> runs_;
};

}  // namespace

Result<void> set_runs(const Graph& graph, PerNode<NodeCost>& nodes, std::vector<Diagnostic>& remarks) {
  return Regions(graph, nodes, remarks).set();
}

}  // namespace alidade::cost
