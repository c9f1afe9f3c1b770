#include "lost_batch.hpp"

#include <algorithm>
#include <utility>

namespace alidade::infer {
namespace {

/// Follows what is made of changed values although its own shape is the old one.
class Trace {
 public:
  Trace(const Graph& graph, const std::vector<char>& changed)
      : g_(graph), changed_(changed), dependent_(changed) {
    for (const NodeId n : g_.body())
      if (g_.op(n) != Op::shape_of && any_input(n, dependent_))
        for (const ValueId v : g_.outputs(n)) dependent_[v.index] = 1;
  }

  /// The first operator on the way back to an input that is given another shape and moves it into the old
  /// one.
  std::optional<NodeId> end_of(ValueId output) const {
    std::vector<char> seen(g_.value_count(), 0);
    std::vector<ValueId> open{output};
    while (!open.empty()) {
      const ValueId v = open.back();
      open.pop_back();
      if (changed_[v.index] != 0 || dependent_[v.index] == 0 || g_.kind(v) != ValueKind::result) continue;
      const NodeId n = g_.producer(v);
      if (any_input(n, changed_)) {
        if (moves(n)) return n;
        continue;
      }
      for (const ValueId in : g_.inputs(n))
        if (in.valid() && std::exchange(seen[in.index], 1) == 0) open.push_back(in);
    }
    return std::nullopt;
  }

 private:
  bool any_input(NodeId n, const std::vector<char>& of) const {
    return std::ranges::any_of(g_.inputs(n), [&](ValueId v) { return v.valid() && of[v.index] != 0; });
  }
  bool moves(NodeId n) const {
    const Op op = g_.op(n);
    const bool part = op == Op::slice && g_.attrs<SliceAttrs>(n).axes.count > 0;
    return part || op == Op::gather || op == Op::expand || op == Op::scatter;
  }

  const Graph& g_;
  const std::vector<char>& changed_;
  std::vector<char> dependent_;
};

}  // namespace

std::optional<LostBatch> lost_batch(const Graph& graph, const std::vector<char>& changed, Dim of_file) {
  const Trace trace(graph, changed);
  for (const ValueId v : graph.outputs()) {
    const TensorType type = graph.type(v);
    if (type.rank() == 0 || type.dims[0] != of_file) continue;
    if (const auto node = trace.end_of(v)) return LostBatch{v, *node};
  }
  return std::nullopt;
}

}  // namespace alidade::infer
