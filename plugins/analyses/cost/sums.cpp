#include "sums.hpp"

#include <string>

#include "alidade/base/text.hpp"

namespace alidade::cost {
namespace {

/// The figures that bound all others, checked.
struct Ceilings {
  Count flops, counted, bytes;
};

Result<void> check(const Graph& graph, NodeId n, const NodeCost& cost, Ceilings& all) {
  const Count runs = cost.runs;
  all.flops += Count(cost.work.flops_upper.value) * runs;
  all.counted += cost.counted_upper;
  all.bytes += Count(cost.work.traffic().value) * runs;
  const std::string_view broken = !all.flops.fits()     ? "FLOP count"
                                  : !all.counted.fits() ? "count"
                                  : !all.bytes.fits()   ? "byte count"
                                                        : "";
  if (broken.empty()) return {};
  return fail(Fault::model,
              std::string(broken) + " of the model does not fit 63 bits at node '" +
                  text::printable(graph.name(n)) + "'" +
                  (cost.runs > 1 ? ", which runs " + std::to_string(cost.runs) + " times" : ""));
}

CostSum sum_of(const Graph& graph, NodeId n, const NodeCost& cost) {
  CostSum s;
  if (cost.runs == 0 || is_free(graph.op(n))) return s;
  s.ops = 1;
  s.opaque = graph.op(n) == Op::opaque && !graph.stated(n) ? 1 : 0;
  s.unknown = cost.work.certainty == Certainty::unknown ? 1 : 0;
  s.counted = cost.counted, s.counted_upper = cost.counted_upper;
  s.macs = Macs(cost.work.macs.value * cost.runs);
  s.flops = Flops(cost.work.flops.value * cost.runs);
  s.input = Bytes(cost.work.input.value * cost.runs);
  s.output = Bytes(cost.work.output.value * cost.runs);
  s.weight = Bytes(cost.work.weight.value * cost.runs);
  return s;
}

void add(CostSum& to, const CostSum& s) {
  to.ops += s.ops, to.opaque += s.opaque, to.unknown += s.unknown;
  to.counted += s.counted, to.counted_upper += s.counted_upper;
  to.macs += s.macs, to.flops += s.flops;
  to.params += s.params, to.param_bytes += s.param_bytes;
  to.input += s.input, to.output += s.output, to.weight += s.weight;
}

}  // namespace

Result<void> add_work(const Graph& graph, CostProfile& profile) {
  Ceilings all;
  for (const NodeId n : graph.nodes()) {
    if (auto fits = check(graph, n, profile.nodes[n], all); !fits) return fits;
    add(profile.modules[graph.module(n)], sum_of(graph, n, profile.nodes[n]));
  }
  return {};
}

Result<void> add_conventions(const Graph& graph, const Counter& counter, CostProfile& profile) {
  for (const Convention c : kConventions) {
    auto& whole = profile.by_convention[static_cast<std::size_t>(c)];
    if (c == profile.convention) {  // summed already
      whole = {profile.total.counted, profile.total.counted_upper};
      continue;
    }
    Count low, high;
    for (const NodeId n : graph.nodes()) {
      const NodeCost& cost = profile.nodes[n];
      if (cost.runs == 0 || is_free(graph.op(n))) continue;
      const auto counted = counter.count(n, cost.work, c);
      if (!counted) return std::unexpected(counted.error());
      low += Count(counted->low) * Count(cost.runs), high += Count(counted->high) * Count(cost.runs);
    }
    if (!high.fits())
      return fail(Fault::model,
                  "the count of the model under '" + std::string(name(c)) + "' does not fit 63 bits");
    whole = {*low.get(), *high.get()};
  }
  return {};
}

void add_to_parents(const Graph& graph, CostProfile& profile) {
  for (std::size_t m = graph.module_count(); m-- > 1;)
    add(profile.modules[graph.parent(ModuleId(m))], profile.modules[ModuleId(m)]);
  profile.total = profile.modules[ModuleId(0)];
}

}  // namespace alidade::cost
