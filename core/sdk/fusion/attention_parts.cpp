#include "alidade/sdk/attention_parts.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "alidade/ir/work.hpp"
#include "alidade/sdk/fusion.hpp"
#include "attention.hpp"

namespace alidade {
namespace {

/// Without these there are no weights of attention.
bool has_exponentials(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(),
                             [&](NodeId n) { return graph.op(n) == Op::softmax || graph.op(n) == Op::exp; });
}

/// Whether the softmax among these steps goes along the last dimension, as where the last are keys.
bool keys_are_last(const FusionInput& input, std::span<const std::uint32_t> steps) {
  return std::ranges::all_of(steps, [&](std::uint32_t step) {
    if (input.op(step) != Op::softmax) return true;
    const NodeId n = input.node(step);
    const auto axes = input.graph().ints(input.graph().attrs<AxesAttrs>(n).axes);
    const auto rank = input.graph().type(input.graph().outputs(n)[0]).rank();
    return axes.size() == 1 && axes[0] + 1 == static_cast<std::int64_t>(rank);
  });
}

/// Walks from the operands of attention back to where heads are made.
class Operands {
 public:
  Operands(const Graph& graph, PerNode<AttentionPart>& parts)
      : g_(graph), parts_(parts), seen_(graph.node_count(), 0) {}

  /// `turned`: its last two dimensions have changed places.
  void add(ValueId operand, std::size_t rank, bool turned) {
    rank_ = rank;
    if (rank_ > 3) open_.emplace_back(operand, turned);
    while (!open_.empty()) {
      const auto [value, is_turned] = open_.back();
      open_.pop_back();
      visit(value, is_turned);
    }
  }

 private:
  void visit(ValueId value, bool turned) {
    const NodeId n = value.valid() ? g_.producer(value) : NodeId();
    if (!n.valid() || seen_[n] != 0 || g_.type(value).rank() != rank_) return;
    const Op op = g_.op(n);
    if (op == Op::transpose && !turns(n)) return;
    const bool works = class_of(op) == OpClass::elementwise || op == Op::layer_norm || op == Op::rms_norm ||
                       op == Op::cast || op == Op::concat || op == Op::copy;
    const bool passes =
        op == Op::transpose || op == Op::identity || op == Op::dropout || op == Op::slice || op == Op::split;
    if (!works && !passes) return;
    seen_[n] = 1;
    if (works && !turned && parts_[n] == AttentionPart::none) parts_[n] = AttentionPart::operands;
    for (const ValueId v : g_.inputs(n)) open_.emplace_back(v, turned != (op == Op::transpose));
  }
  /// Whether the last two dimensions change places, and no other.
  [[nodiscard]] bool turns(NodeId transpose) const {
    const auto perm = g_.ints(g_.attrs<PermAttrs>(transpose).perm);
    const auto rank = static_cast<std::int64_t>(perm.size());
    for (std::int64_t i = 0; i + 2 < rank; ++i)
      if (perm[static_cast<std::size_t>(i)] != i) return false;
    return rank > 1 && perm.back() == rank - 2;
  }

  const Graph& g_;
  PerNode<AttentionPart>& parts_;
  PerNode<char> seen_;
  std::size_t rank_ = 0;
  std::vector<std::pair<ValueId, bool>> open_;
};

/// What stands before attention that is one operator.
void add_operands_of_operators(const Graph& graph, Operands& operands) {
  for (const NodeId n : graph.nodes()) {
    if (graph.op(n) != Op::attention || graph.attrs<AttentionAttrs>(n).packed_heads != 0) continue;
    const auto inputs = graph.inputs(n);
    for (const ValueId v : inputs.first(std::min<std::size_t>(3, inputs.size())))
      if (v.valid()) operands.add(v, graph.type(v).rank(), false);
  }
}

/// Queries and keys of the first product, whose right operand has keys as columns unless it is stored as
/// rows, and the right operand of the last one, where that is the values.
void add_operands_of_products(const FusionInput& input, const fusion::WrittenAttention& written,
                              Operands& operands) {
  const Graph& g = input.graph();
  const NodeId first = input.node(written.steps.front()), last = input.node(written.steps.back());
  const auto rank = [&](NodeId n) { return g.type(g.outputs(n)[0]).rank(); };
  const auto as_rows = [&](NodeId n) {
    return g.op(n) != Op::matmul || g.attrs<MatmulAttrs>(n).transpose_b != 0;
  };
  if (g.op(first) != Op::einsum) {
    operands.add(g.inputs(first)[0], rank(first), false);
    operands.add(g.inputs(first)[1], rank(first), !as_rows(first));
  }
  const NodeId maker = g.producer(g.inputs(last)[1]);
  const auto step = maker.valid() ? input.order().step(maker) : Grouping::kNone;
  if (g.op(last) != Op::einsum && !std::ranges::binary_search(written.steps, step))
    operands.add(g.inputs(last)[1], rank(last), as_rows(last));
}

}  // namespace

PerNode<AttentionPart> attention_parts(const Graph& graph, const CostProfile& cost) {
  PerNode<AttentionPart> out(graph.node_count(), AttentionPart::none);
  Operands operands(graph, out);
  add_operands_of_operators(graph, operands);
  if (!has_exponentials(graph)) return out;
  const FusionInput input(graph, cost, Folding::none);
  for (const auto& written : fusion::written_attention(input)) {
    if (!keys_are_last(input, written.steps)) continue;
    const auto rank = graph.type(graph.outputs(input.node(written.steps.front()))[0]).rank();
    for (const auto step : written.steps) {
      const NodeId n = input.node(step);
      const bool moves = is_free(graph.op(n)) || class_of(graph.op(n)) == OpClass::movement;
      const bool alike = rank > 2 && std::max(graph.type(graph.outputs(n)[0]).rank(),
                                              graph.type(graph.inputs(n)[0]).rank()) == rank;
      if (alike && (!moves || graph.op(n) == Op::cast))
        out[n] = step == written.steps.back() ? AttentionPart::values : AttentionPart::scores;
    }
    add_operands_of_products(input, written, operands);
  }
  return out;
}

}  // namespace alidade
