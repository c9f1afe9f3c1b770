#include "batch.hpp"

#include <algorithm>
#include <optional>

namespace alidade::concurrency {
namespace {

constexpr int kFarthest = 32;  // operators between an input and the one that says where its samples are

/// Where an operator has its samples among the dimensions of its first operand.
std::optional<std::size_t> batch_dim(const Graph& graph, NodeId n) {
  if (family_of(graph.op(n)) == AttrFamily::recurrent)
    return graph.attrs<RecurrentAttrs>(n).batch_first != 0 ? 0 : 1;
  const bool windows =
      family_of(graph.op(n)) == AttrFamily::conv || class_of(graph.op(n)) == OpClass::pooling;
  return windows ? std::optional<std::size_t>(0) : std::nullopt;
}

bool keeps_samples(Op op) {
  const auto cls = class_of(op);
  return cls == OpClass::view || cls == OpClass::elementwise || op == Op::cast || op == Op::transpose ||
         op == Op::copy;
}

/// The size that the first operator with an opinion has for a batch, if it is one of the input's or 1.
std::optional<Dim> size_behind(const Graph& graph, ValueId input) {
  ValueId at = input;
  for (int i = 0; i < kFarthest && !graph.users(at).empty(); ++i) {
    const NodeId reader = graph.users(at)[0];
    if (const auto dim = batch_dim(graph, reader); dim && graph.inputs(reader)[0] == at) {
      const auto type = graph.type(at);
      if (type.rank() < 3) return std::nullopt;
      const Dim size = type.dims[*dim];
      const bool is_own =
          size == Dim(1) || std::ranges::find(graph.type(input).dims, size) != graph.type(input).dims.end();
      return is_own ? std::optional(size) : std::nullopt;
    }
    if (!keeps_samples(graph.op(reader)) || graph.outputs(reader).empty()) return std::nullopt;
    at = graph.outputs(reader)[0];
  }
  return std::nullopt;
}

}  // namespace

Dim batch_of(const Graph& graph) {
  for (const ValueId v : graph.inputs()) {
    const auto type = graph.type(v);
    if (!type.ranked) return Dim();
    if (type.rank() > 1) return size_behind(graph, v).value_or(type.dims[0]);
  }
  return Dim(1);
}

}  // namespace alidade::concurrency
