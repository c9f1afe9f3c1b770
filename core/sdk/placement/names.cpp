#include <algorithm>

#include "alidade/sdk/placer.hpp"

namespace alidade {
namespace {

/// Every element along its axis is chosen.
bool chooses_all(const Graph& graph, NodeId node) {
  const auto read = graph.type(graph.inputs(node)[0]), made = graph.type(graph.outputs(node)[0]);
  return read.is_static() && made.is_static() && std::ranges::equal(read.dims, made.dims);
}

/// "log_softmax" of "aten::log_softmax.int" and of "aten.log_softmax.int"; empty for names of others.
std::string_view aten_part(std::string_view foreign) {
  if (foreign.starts_with("aten::"))
    foreign.remove_prefix(6);
  else if (foreign.starts_with("aten."))
    foreign.remove_prefix(5);
  else
    return {};
  return foreign.substr(0, foreign.find('.'));
}

/// What PyTorch calls an operator where that is not what it is called here; "" for one that stands for
/// several of PyTorch's.
std::string_view aten_name(Op op) {
  switch (op) {
    case Op::conv:
    case Op::conv_transpose:
      return "_convolution";
    case Op::clip:
      return "clamp";
    case Op::concat:
      return "cat";
    case Op::reduce_sum:
      return "sum";
    case Op::reduce_mean:
      return "mean";
    case Op::transpose:
      return "permute";
    case Op::compare:
    case Op::logic:
    case Op::unary:
    case Op::binary:
    case Op::trig:
    case Op::reduce:
    case Op::arg_reduce:
    case Op::resize:
    case Op::scatter:
    case Op::random:
      return "";
    default:
      return class_of(op) == OpClass::control ? "" : name(op);
  }
}

}  // namespace

std::string framework_name(const Graph& graph, NodeId node) {
  const auto foreign = graph.foreign(node);
  const auto op = graph.op(node);
  if (const auto part = aten_part(foreign); !part.empty()) return "aten::" + std::string(part);
  if (op == Op::topk && chooses_all(graph, node)) return "aten::sort";
  if (const auto aten = aten_name(op); op != Op::opaque && !aten.empty()) return "aten::" + std::string(aten);
  return std::string(foreign.empty() ? name(op) : foreign);
}

}  // namespace alidade
