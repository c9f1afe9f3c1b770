// Attention, as one operator or written out, and recurrent layers.
#include <algorithm>

#include "problems.hpp"

namespace alidade::lowering {
namespace {

std::optional<std::uint64_t> size(const TensorType& type, int dim) {
  const auto n = type.dim(dim);
  return n ? std::optional(static_cast<std::uint64_t>(*n)) : std::nullopt;
}
/// Operands of an attention operator.
struct Operands {
  TensorType query, key, value, past, made;
};
Operands operands_of(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  const auto in = [&](std::size_t i) {
    return i < inputs.size() && inputs[i].valid() ? graph.type(inputs[i]) : TensorType{};
  };
  return {in(0), in(1), in(2), in(4), graph.type(graph.outputs(n)[0])};
}

/// Heads, and the batches of them: packed ones lie side by side in a row.
bool set_heads(const AttentionAttrs& a, const Operands& o, AttentionProblem& p) {
  if (a.packed_heads != 0) {
    const auto batch = extent(o.query, 0, -2);
    p.heads = static_cast<std::uint64_t>(a.heads), p.kv_heads = static_cast<std::uint64_t>(a.kv_heads);
    if (batch) p.batch = *batch;
    return batch.has_value();
  }
  const bool several = o.query.rank() > 2;
  const auto heads = several ? size(o.query, -3) : 1, kv_heads = o.key.rank() > 2 ? size(o.key, -3) : 1;
  const auto& wider = o.made.rank() >= o.query.rank() ? o.made : o.query;
  const auto batch = wider.rank() > 3 ? extent(wider, 0, -3) : 1;
  if (!heads || !kv_heads || !batch) return false;
  p.heads = *heads, p.kv_heads = *kv_heads, p.batch = *batch;
  return true;
}

/// Whether something that is added to scores, or picks among them, comes from outside of the group.
bool has_mask(const Graph& graph, std::span<const NodeId> group, std::uint64_t keys) {
  const auto is_outside = [&](ValueId v) {
    return v.valid() && graph.type(v).rank() > 1 && size(graph.type(v), -1) == keys &&
           std::ranges::find(group, graph.producer(v)) == group.end();
  };
  return std::ranges::any_of(group, [&](NodeId n) {
    const Op op = graph.op(n);
    const bool masks = op == Op::add || op == Op::sub || op == Op::where;
    return masks && std::ranges::any_of(graph.inputs(n), is_outside);
  });
}

}  // namespace

std::optional<AttentionProblem> attention_problem(const Graph& graph, NodeId n) {
  const auto& a = graph.attrs<AttentionAttrs>(n);
  const auto o = operands_of(graph, n);
  AttentionProblem p;
  const auto query = size(o.query, -2), key = size(o.key, -2), width = size(o.query, -1),
             value_width = size(o.value, -1), past = o.past.ranked ? size(o.past, -2) : 0;
  if (a.heads < 1 || a.kv_heads < 1 || !set_heads(a, o, p)) return std::nullopt;
  if (!query || !key || !width || !value_width || !past) return std::nullopt;
  const bool packed = a.packed_heads != 0;
  p.query = *query, p.key = *key + *past;
  p.width = packed ? *width / p.heads : *width,
  p.value_width = packed ? *value_width / p.kv_heads : *value_width;
  p.rank =
      static_cast<std::uint8_t>(std::min<std::size_t>(packed ? o.query.rank() + 1 : o.query.rank(), 255));
  p.causal = a.causal != 0;
  p.masked = graph.inputs(n).size() > 3 && graph.inputs(n)[3].valid();
  return p;
}

std::optional<AttentionProblem> attention_problem(const FusionInput& input, std::span<const NodeId> group,
                                                  NodeId scores, NodeId values) {
  const auto first = product_problem(input, scores), last = product_problem(input, values);
  if (!first || !last) return std::nullopt;
  const auto made = input.graph().type(input.graph().outputs(scores)[0]);
  AttentionProblem p;
  const auto heads = made.rank() > 3 ? size(made, -3) : 1;
  if (!heads || *heads == 0 || first->groups % *heads != 0) return std::nullopt;
  p.heads = p.kv_heads = *heads, p.batch = first->groups / *heads;
  p.query = first->m, p.key = first->n, p.width = first->k;
  p.value_width = last->m == first->m ? last->n : last->m;  // or the values stand on the left
  p.rank = static_cast<std::uint8_t>(std::min<std::size_t>(made.rank(), 255));
  p.masked = has_mask(input.graph(), group, p.key);
  return p;
}

std::optional<RecurrentProblem> recurrent_problem(const Graph& graph, NodeId n) {
  const auto& a = graph.attrs<RecurrentAttrs>(n);
  const auto inputs = graph.inputs(n);
  if (inputs.empty() || !inputs[0].valid()) return std::nullopt;
  const auto x = graph.type(inputs[0]);
  const bool has_batch = x.rank() > 2;
  const auto steps = size(x, has_batch && a.batch_first != 0 ? 1 : 0),
             batch = has_batch ? size(x, a.batch_first != 0 ? 0 : 1) : 1, width = size(x, -1);
  if (!steps || !batch || !width) return std::nullopt;
  const Op op = graph.op(n);
  const std::uint64_t gates = op == Op::lstm ? 4 : op == Op::gru ? 3 : 1;
  const auto number = [](std::int64_t i) { return static_cast<std::uint64_t>(i); };
  return RecurrentProblem{*steps,          *batch, *width, number(a.hidden), gates, number(a.directions),
                          number(a.layers)};
}

}  // namespace alidade::lowering
