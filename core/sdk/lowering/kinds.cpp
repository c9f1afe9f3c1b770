#include "kinds.hpp"

#include "problems.hpp"

namespace alidade::lowering {
namespace {

KernelKind of_contraction(const Graph& graph, NodeId n) {
  switch (graph.op(n)) {
    case Op::conv:
    case Op::conv_transpose: {
      const auto groups = graph.attrs<ConvAttrs>(n).groups;
      const auto inputs = graph.inputs(n);
      const bool has_input = !inputs.empty() && inputs[0].valid();
      return groups > 1 && has_input && graph.type(inputs[0]).dim(1) == groups ? KernelKind::depthwise
                                                                               : KernelKind::conv;
    }
    case Op::attention:
      return KernelKind::attention;
    case Op::rnn:
    case Op::lstm:
    case Op::gru:
      return KernelKind::recurrent;
    default:
      return KernelKind::gemm;
  }
}

KernelKind of_movement(Op op) {
  return op == Op::gather || op == Op::embedding || op == Op::scatter ? KernelKind::gather : KernelKind::copy;
}

/// A pool over the whole map is a mean along rows.
KernelKind of_pooling(const Graph& graph, NodeId n) {
  const auto made = graph.type(graph.outputs(n)[0]);
  bool whole = family_of(graph.op(n)) != AttrFamily::pool && made.rank() > 2;
  for (std::size_t d = 2; d < made.rank(); ++d) whole &= made.dim(static_cast<int>(d)) == 1;
  return whole ? KernelKind::row_wise : KernelKind::window;
}

/// How much a kind says of a kernel that holds others as well.
int weight_of(KernelKind kind) {
  switch (kind) {
    case KernelKind::opaque:
      return 9;
    case KernelKind::control:
      return 8;
    case KernelKind::sort:
      return 6;
    case KernelKind::gather:
      return 5;
    case KernelKind::window:
      return 4;
    case KernelKind::row_wise:
      return 3;
    case KernelKind::pointwise:
      return 2;
    case KernelKind::copy:
      return 1;
    default:
      return 7;
  }
}

bool multiplies(KernelKind kind) {
  return kind == KernelKind::gemm || kind == KernelKind::conv || kind == KernelKind::depthwise ||
         kind == KernelKind::attention || kind == KernelKind::recurrent;
}

bool differ_in_n_alone(const GemmProblem& a, const GemmProblem& b) {
  return a.groups == b.groups && a.m == b.m && a.k == b.k && a.experts == b.experts && a.weight == b.weight &&
         a.transposed_left == b.transposed_left && a.transposed_right == b.transposed_right;
}

/// Products of one tensor with several weights are one with all of them.
Problem of_products(const FusionInput& input, std::span<const NodeId> group, const Role& role) {
  auto sum = product_problem(input, role.node);
  if (!sum) return {};
  for (const NodeId n : group) {
    if (n == role.node || class_of(input.graph().op(n)) != OpClass::contraction) continue;
    const auto other = kind_of(input.graph(), n) == KernelKind::gemm ? product_problem(input, n)
                                                                     : std::optional<GemmProblem>();
    if (!other || !differ_in_n_alone(*sum, *other)) return *product_problem(input, role.node);
    sum->n += other->n;
  }
  return *sum;
}

template <class P>
Problem or_nothing(std::optional<P> problem) {
  return problem ? Problem(*problem) : Problem();
}

}  // namespace

KernelKind kind_of(const Graph& graph, NodeId n) {
  switch (class_of(graph.op(n))) {
    case OpClass::contraction:
      return of_contraction(graph, n);
    case OpClass::normalisation:
      return graph.op(n) == Op::batch_norm && graph.attrs<NormAttrs>(n).training == 0 ? KernelKind::pointwise
                                                                                      : KernelKind::row_wise;
    case OpClass::softmax:
    case OpClass::reduction:
      return KernelKind::row_wise;
    case OpClass::pooling:
      return of_pooling(graph, n);
    case OpClass::resampling:
      return KernelKind::window;
    case OpClass::movement:
      return of_movement(graph.op(n));
    case OpClass::view:
      return KernelKind::copy;
    case OpClass::selection:
      return KernelKind::sort;
    case OpClass::control:
      return KernelKind::control;
    case OpClass::spectral:
    case OpClass::factorisation:
    case OpClass::opaque:
      return KernelKind::opaque;
    case OpClass::elementwise:
    case OpClass::quantisation:
    case OpClass::generator:
      return KernelKind::pointwise;
  }
  return KernelKind::opaque;
}

Role role_of_group(const FusionInput& input, std::span<const NodeId> group, bool attention) {
  Role role;
  int most = 0;
  std::uint64_t macs = 0;
  for (const NodeId n : group) {
    const auto own = input.cost().nodes[n].work.macs.value;
    auto kind = kind_of(input.graph(), n);
    if (kind == KernelKind::gemm && own == 0 && input.cost().nodes[n].work.certainty == Certainty::exact)
      kind = KernelKind::pointwise;  // an einsum that sums nothing
    if (multiplies(kind)) {
      if (!role.first.valid()) role.first = n;
      role.last = n, role.products += role.products < 255 ? 1 : 0;
    }
    const bool larger = multiplies(kind) && own > macs;
    if (weight_of(kind) < most || (multiplies(kind) && weight_of(kind) == most && !larger)) continue;
    most = weight_of(kind), macs = own, role.kind = kind, role.node = n;
  }
  if (attention && role.products > 0 && most < weight_of(KernelKind::control))
    role.kind = KernelKind::attention;
  return role;
}

Problem problem_of(const FusionInput& input, std::span<const NodeId> group, const Role& role) {
  const Graph& g = input.graph();
  switch (role.kind) {
    case KernelKind::gemm:
      return of_products(input, group, role);
    case KernelKind::conv:
    case KernelKind::depthwise:
      return or_nothing(convolution_problem(g, role.node));
    case KernelKind::attention:
      if (g.op(role.node) == Op::attention) return or_nothing(attention_problem(g, role.node));
      return or_nothing(attention_problem(input, group, role.first, role.last));
    case KernelKind::recurrent:
      return or_nothing(recurrent_problem(g, role.node));
    case KernelKind::row_wise:
    case KernelKind::gather:
    case KernelKind::sort:
      return or_nothing(row_problem(g, role.node));
    case KernelKind::window:
      return or_nothing(pooling_problem(g, role.node));
    default:
      return {};
  }
}

}  // namespace alidade::lowering
