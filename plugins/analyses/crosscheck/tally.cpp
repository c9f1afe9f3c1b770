#include "tally.hpp"

#include <algorithm>

#include "aliases.hpp"
#include "alidade/ir/symbols.hpp"
#include "alidade/sdk/layers.hpp"
#include "classes.hpp"
#include "unknown_shape.hpp"

namespace alidade::crosscheck {
namespace {

/// Whether a product has no weight among its two operands: what attention is made of.
bool is_inner_product(const Graph& graph, NodeId n) {
  if (graph.op(n) != Op::matmul && graph.op(n) != Op::einsum) return false;
  const auto is_activation = [&](ValueId v) {
    return v.valid() && (graph.kind(v) == ValueKind::result || graph.kind(v) == ValueKind::input ||
                         graph.kind(v) == ValueKind::argument);
  };
  return std::ranges::all_of(graph.inputs(n), is_activation);
}

std::uint64_t uncounted_mean(const Graph& graph, NodeId n, std::uint64_t counted) {
  if (graph.op(n) != Op::reduce_mean || counted != 0) return 0;
  const auto x = graph.type(graph.inputs(n)[0]);
  const auto elements = x.rank() == 4 ? x.elements() : std::nullopt;
  return elements ? elements->get().value_or(0) : 0;
}

void leave_out(const Graph& graph, NodeId n, const NodeCost& cost, std::map<std::string, LeftOut>& rows) {
  const auto label = layer_label(graph, n);
  auto& row = rows[label];
  row.label = label, ++row.ops;
  row.macs += cost.work.macs.value * cost.runs, row.flops += cost.work.flops.value * cost.runs;
}

/// Whether a module or one around it is of this class of torch's.
bool is_inside(const Graph& graph, ModuleId m, std::string_view kind) {
  for (; m.valid() && m != ModuleId(0); m = graph.parent(m))
    if (const auto type = graph.type(m);
        type.ends_with(kind) && (type.size() == kind.size() || type[type.size() - kind.size() - 1] == '.'))
      return true;
  return false;
}

std::vector<LeftOut> greatest_first(const std::map<std::string, LeftOut>& rows) {
  std::vector<LeftOut> list;
  for (const auto& [label, row] : rows) list.push_back(row);
  std::ranges::stable_sort(list, [](const LeftOut& a, const LeftOut& b) {
    return std::pair(a.macs, a.flops) > std::pair(b.macs, b.flops);
  });
  return list;
}

}  // namespace

Result<Ours> tally(const Graph& graph, const CostProfile& profile, Convention tool) {
  Ours ours;
  PerModule<Tally> own(graph.module_count());
  std::map<std::string, LeftOut> left_out;
  Count total;
  const Counter counter(graph);
  const auto of_data = profile.total.unknown > 0 ? symbols_of(graph).of_data : std::vector<std::string>();
  for (const NodeId n : graph.nodes()) {
    const auto& cost = profile.nodes[n];
    if (cost.scheduled_runs() == 0 || is_free(graph.op(n))) continue;
    const auto counted = counter.count(n, cost.work, tool);
    if (!counted) return std::unexpected(counted.error());
    const auto all = (Count(counted->low) * Count(cost.runs)).get();
    total += Count(all.value_or(0));
    if (!all || !total.fits())
      return fail(Fault::model, "the count under '" + std::string(name(tool)) + "' does not fit 63 bits");
    const bool inner = is_inner_product(graph, n);
    Tally one{1,
              *all,
              inner ? 1u : 0u,
              inner ? *all : 0,
              uncounted_mean(graph, n, *all),
              graph.op(n) == Op::conv ? *all : 0};
    one.in_attention = is_inside(graph, graph.module(n), "MultiheadAttention") ? *all : 0;
    one.in_encoder = is_inside(graph, graph.module(n), "TransformerEncoderLayer") ? *all : 0;
    if (cost.work.certainty == Certainty::unknown)
      one.unknown_ops = 1, one.unknown = why_unknown(graph, n, of_data);
    ours.classes[class_of_op(graph.op(n), tool)] += one;
    own[graph.module(n)] += one;
    if (*all == 0 && cost.work.flops.value > 0) leave_out(graph, n, cost, left_out);
    ++ours.ops;
    ours.in_one_trip += counted->low;  // no more than the total, which fits
    ours.custom_calls += graph.foreign(n).starts_with("stablehlo.custom_call") ? 1 : 0;
    ours.fuses_attention |= graph.op(n) == Op::attention;
  }
  for (std::uint32_t m = 0; m < graph.module_count(); ++m) {
    ours.order.push_back(path_in_model(graph, ModuleId(m)));
    ours.modules[ours.order.back()] += own[ModuleId(m)];
  }
  ours.stored_names = stored_names(graph);
  ours.total = *total.get();
  ours.left_out = greatest_first(left_out);
  return ours;
}

}  // namespace alidade::crosscheck
