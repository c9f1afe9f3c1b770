#include "alidade/infer/contradiction.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "alidade/base/text.hpp"
#include "sdk/infer/follow/follow.hpp"

namespace alidade::infer {
namespace {

/// Whether the operands decide every size of an operator's result, whatever the file states.
bool is_decided(Op op) {
  static constexpr std::array kDecided{Op::conv,      Op::conv_transpose, Op::max_pool,    Op::avg_pool,
                                       Op::linear,    Op::matmul,         Op::einsum,      Op::transpose,
                                       Op::concat,    Op::reduce_sum,     Op::reduce_mean, Op::reduce,
                                       Op::arg_reduce};
  return class_of(op) == OpClass::elementwise || std::ranges::find(kDecided, op) != kDecided.end();
}

/// Whether an element-wise operator has one shape on both sides: spreading operands changes nothing.
bool is_even(const Graph& g, NodeId n) {
  if (class_of(g.op(n)) != OpClass::elementwise) return false;
  const TensorType made = g.type(g.outputs(n)[0]);
  const auto same = [&](ValueId v) {
    const TensorType type = v.valid() ? g.type(v) : made;
    return type.ranked && std::ranges::equal(type.dims, made.dims);
  };
  return std::ranges::all_of(g.inputs(n), same) && std::ranges::all_of(g.outputs(n), same);
}

/// Works out what every operator makes of its operands as the file states them.
class Contradictions {
 public:
  explicit Contradictions(const Graph& graph) : g_(graph), types_(scratch_) {}

  std::optional<Diagnostic> find() {
    NodeId first;
    std::string what;
    std::size_t count = 0;
    for (const NodeId n : g_.nodes()) {
      auto said = of_node(n);
      if (!said) continue;
      if (count++ == 0) first = n, what = std::move(*said);
    }
    if (count == 0) return std::nullopt;
    const auto more = count == 1 ? ""
                                 : ", and " + text::grouped(count - 1) +
                                       (count == 2 ? " more such node" : " more such nodes");
    return Diagnostic{Severity::warning, "contradiction",
                      "the file contradicts itself at node " + text::quoted(text::printable(g_.name(first))) +
                          ": " + what + more + "; every figure is of what it states",
                      first};
  }

 private:
  std::optional<std::string> of_node(NodeId n) {
    if (!is_decided(g_.op(n)) || g_.outputs(n).empty() || is_even(g_, n)) return std::nullopt;
    operands_.clear();
    for (const ValueId v : g_.inputs(n)) operands_.push_back(v.valid() ? own(v) : Shape());
    Changed at{g_, n, types_.sizes, places_, operands_, operands_, {}};
    for (const ValueId v : g_.outputs(n)) at.results.push_back(own(v));
    if (const auto ok = follow(at); !ok)  // what cannot be worked out contradicts nothing
      return ok.error().fault == Fault::model ? std::optional(ok.error().what) : std::nullopt;
    for (std::size_t k = 0; const ValueId v : g_.outputs(n)) {
      const Shape stated = own(v), &made = at.results[k++];
      if (differ(stated, made))
        return "it states " + shown(types_.sizes, stated) + ", and its operands make " +
               shown(types_.sizes, made);
    }
    return std::nullopt;
  }

  static bool differ(const Shape& a, const Shape& b) {
    if (!a || !b) return false;
    if (a->size() != b->size()) return true;
    for (std::size_t d = 0; d < a->size(); ++d)
      if ((*a)[d].is_known() && (*b)[d].is_known() && (*a)[d] != (*b)[d]) return true;
    return false;
  }

  Shape own(ValueId v) {
    Shape shape = shape_of(g_.type(v));
    if (shape)
      for (Dim& d : *shape)
        if (d.is_symbolic()) d = symbol(d.symbol());
    return shape;
  }
  Dim symbol(SymbolId s) {
    const auto [at, added] = symbols_.try_emplace(s.index);
    if (added) at->second = types_.sizes.dim(g_.expression(s));
    return at->second;
  }

  const Graph& g_;
  GraphBuilder scratch_;
  Types types_;
  FactorPlaces places_;
  std::vector<Shape> operands_;
  std::unordered_map<std::uint32_t, Dim> symbols_;
};

}  // namespace

std::optional<Diagnostic> contradiction(const Graph& graph) { return Contradictions(graph).find(); }

}  // namespace alidade::infer
