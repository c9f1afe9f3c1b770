// How many elements an operator works on, by what it does with them.
#include "element_counts.hpp"

#include "kinds.hpp"
#include "problems.hpp"

namespace alidade::lowering {
namespace {

std::uint64_t elements(const TensorType& type) {
  const auto count = type.elements();
  return count ? count->get().value_or(0) : 0;
}

/// What the operator reads first.
std::uint64_t taken(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  return inputs.empty() || !inputs[0].valid() ? 0 : elements(graph.type(inputs[0]));
}

std::uint64_t special_functions(Op op) {
  switch (op) {
    case Op::gelu:
    case Op::mish:
    case Op::softplus:
      return 2;
    case Op::silu:
    case Op::sigmoid:
    case Op::softmax:
    case Op::log_softmax:
    case Op::tanh:
    case Op::elu:
    case Op::erf:
    case Op::exp:
    case Op::log:
    case Op::pow:
    case Op::trig:
      return 1;
    default:
      return 0;
  }
}

void add(std::uint64_t& sum, std::uint64_t elements, std::uint64_t times = 1) {
  sum = (Count(sum) + Count(elements) * Count(times)).get().value_or(sum);
}

void add_windows(const Graph& graph, NodeId n, std::uint64_t made, ElementCounts& counts) {
  const auto pool = pooling_problem(graph, n);
  if (!pool || class_of(graph.op(n)) != OpClass::pooling) return add(counts.pointwise, made);
  add(counts.windows, made, std::uint64_t{pool->kernel[0]} * pool->kernel[1] * pool->kernel[2]);
}

void add_moved(Op op, std::uint64_t made, ElementCounts& counts) {
  add(op == Op::concat ? counts.joined : op == Op::cast ? counts.pointwise : counts.moved, made);
}

}  // namespace

void count_elements(const Graph& graph, NodeId n, ElementCounts& counts) {
  const auto outputs = graph.outputs(n);
  if (outputs.empty()) return;
  const std::uint64_t made = elements(graph.type(outputs[0]));
  const auto cls = class_of(graph.op(n));
  add(counts.special, made, special_functions(graph.op(n)));
  switch (kind_of(graph, n)) {
    case KernelKind::pointwise:
      return add(counts.pointwise, made);
    case KernelKind::row_wise:
      return add(cls == OpClass::normalisation || cls == OpClass::softmax ? counts.rows : counts.reduced,
                 taken(graph, n));
    case KernelKind::window:
      return add_windows(graph, n, made, counts);
    case KernelKind::gather:
    case KernelKind::copy:
      return add_moved(graph.op(n), made, counts);
    default:
      return;
  }
}

}  // namespace alidade::lowering
