#include "active.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "alidade/sdk/storage.hpp"

namespace alidade::cost {
namespace {

constexpr std::size_t kFarthest = 256;  ///< nodes looked at between a bank and its top-k
constexpr std::size_t kBankRank = 3;    ///< [experts, in, out]; a table of two dimensions is an embedding

/// How many experts a top-k picks: the size of the dimension that it shortens.
std::optional<std::uint64_t> picks(const Graph& graph, NodeId topk) {
  if (graph.inputs(topk).empty() || graph.outputs(topk).empty()) return std::nullopt;
  const auto from = graph.type(graph.inputs(topk)[0]), to = graph.type(graph.outputs(topk)[0]);
  for (int d = static_cast<int>(to.rank()); d-- > 0;)
    if (to.dim(d) && to.dim(d) != from.dim(d)) return static_cast<std::uint64_t>(*to.dim(d));
  return std::nullopt;
}

/// The nearest top-k among the nodes that a value is made of.
std::optional<NodeId> nearest_topk(const Graph& graph, ValueId routing) {
  std::vector<NodeId> near;
  const auto look_at = [&](ValueId v) {
    const NodeId maker = v.valid() ? graph.producer(v) : NodeId();
    if (maker.valid() && std::ranges::find(near, maker) == near.end()) near.push_back(maker);
  };
  look_at(routing);
  for (std::size_t i = 0; i < near.size() && near.size() < kFarthest; ++i) {
    if (graph.op(near[i]) == Op::topk) return near[i];
    for (const ValueId v : graph.inputs(near[i])) look_at(v);
  }
  return std::nullopt;
}

/// The parameter that a weight is, behind what only changes its form.
ValueId parameter_behind(const Graph& graph, ValueId v) {
  while (v.valid() && graph.kind(v) == ValueKind::result) {
    const NodeId maker = graph.producer(v);
    const Op op = graph.op(maker);
    const bool forms = shares_storage(op) || op == Op::transpose || op == Op::cast || op == Op::copy;
    if (!forms || graph.inputs(maker).empty()) return {};
    v = graph.inputs(maker)[0];
  }
  return v.valid() && graph.kind(v) == ValueKind::parameter ? v : ValueId();
}

/// A bank that a node reads, and what says which of its experts.
struct Routed {
  ValueId bank, routing;
};
std::optional<Routed> routed(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  if (graph.op(n) == Op::routed_matmul && inputs.size() > 2) return Routed{inputs[1], inputs[2]};
  if (graph.op(n) == Op::gather && inputs.size() > 1 && inputs[0].valid() &&
      graph.type(inputs[0]).rank() >= kBankRank)
    return Routed{inputs[0], inputs[1]};
  return std::nullopt;
}

/// The parameters of a bank that a token does not meet; where nothing says how many experts are picked, none
/// to all but one.
Counted idle(const Graph& graph, ValueId bank, ValueId routing) {
  const auto type = graph.type(bank);
  const auto experts = type.dim(0);
  const auto elements = type.elements();
  const auto topk = nearest_topk(graph, routing);
  if (!experts || *experts == 0 || !elements || !elements->get() || !topk) return {};
  const auto all = static_cast<std::uint64_t>(*experts), one = *elements->get() / all;
  const auto picked = picks(graph, *topk);
  if (!picked) return {0, one * (all - 1)};
  const auto left = *picked >= all ? 0 : one * (all - *picked);
  return {left, left};
}

}  // namespace

void set_active(const Graph& graph, CostProfile& profile) {
  auto least = profile.total.params.value;
  profile.active_upper = profile.total.params_upper;
  PerValue<char> seen(graph.value_count(), 0);
  for (const NodeId n : graph.nodes()) {
    const auto found = routed(graph, n);
    const ValueId bank = found ? parameter_behind(graph, found->bank) : ValueId();
    if (!bank.valid() || std::exchange(seen[bank], 1) != 0) continue;
    const auto unmet = idle(graph, bank, found->routing);
    least -= *unmet.high.get();
    if (const auto most = profile.active_upper.get()) profile.active_upper = *most - unmet.low;
  }
  profile.active = Params(least);
}

}  // namespace alidade::cost
