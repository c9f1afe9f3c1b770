#include "first_states.hpp"

#include <algorithm>

namespace alidade::infer {
namespace {

bool is_recurrent(Op op) { return op == Op::lstm || op == Op::gru || op == Op::rnn; }

class FirstStates {
 public:
  FirstStates(const Graph& graph, const std::vector<Shape>& before, std::vector<Shape>& after)
      : g_(graph), before_(before), after_(after) {}

  void follow(NodeId layer) {
    const auto inputs = g_.inputs(layer);
    const Shape &was = before_[inputs[0].index], &is = after_[inputs[0].index];
    const std::size_t batch = g_.attrs<RecurrentAttrs>(layer).batch_first != 0 ? 0 : 1;
    if (!was || !is || was->size() != 3 || is->size() != 3) return;
    for (const ValueId v : inputs.subspan(1)) {
      if (!v.valid()) continue;
      const ValueId whole = of_all_layers(v);
      if (is_made(whole) && are_states(whole)) give_batch(whole, (*was)[batch], (*is)[batch]);
    }
  }

 private:
  /// A tensor of one number, of which the file has no element of its own.
  bool is_made(ValueId v) const {
    if (g_.kind(v) != ValueKind::result) return false;
    const NodeId made = g_.producer(v);
    const auto of = g_.inputs(made);
    if (g_.op(made) != Op::expand) return g_.op(made) == Op::constant && of.empty();
    const auto elements = of.empty() ? std::nullopt : g_.type(of[0]).elements();
    return elements && elements->get() == 1;
  }
  /// States of some layers out of those of all.
  bool picks_layers(NodeId n) const {
    if (g_.op(n) != Op::slice) return false;
    const auto axes = g_.ints(g_.attrs<SliceAttrs>(n).axes);
    return axes.size() == 1 && axes[0] == 0;
  }
  ValueId of_all_layers(ValueId v) const {
    while (g_.kind(v) == ValueKind::result && picks_layers(g_.producer(v))) v = g_.inputs(g_.producer(v))[0];
    return v;
  }
  bool are_states(ValueId v) const {
    const Shape& state = before_[v.index];
    return state && state->size() == 3 && std::ranges::all_of(g_.users(v), [&](NodeId user) {
             return is_recurrent(g_.op(user)) || g_.op(user) == Op::shape_of ||
                    (picks_layers(user) && are_states(*g_.outputs(user).begin()));
           });
  }
  void give_batch(ValueId v, Dim was, Dim is) {
    Dim& batch = (*after_[v.index])[1];
    if (batch != was || was == is) return;
    batch = is;
    for (const NodeId user : g_.users(v))
      if (picks_layers(user)) give_batch(*g_.outputs(user).begin(), was, is);
  }

  const Graph& g_;
  const std::vector<Shape>& before_;
  std::vector<Shape>& after_;
};

}  // namespace

void take_first_states(const Graph& graph, NodeId layer, const std::vector<Shape>& before,
                       std::vector<Shape>& after) {
  if (is_recurrent(graph.op(layer))) FirstStates(graph, before, after).follow(layer);
}

}  // namespace alidade::infer
