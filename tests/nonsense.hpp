#pragma once
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/builder.hpp"
#include "alidade/ir/work.hpp"

namespace alidade::tests {

/// Draws graphs of one node that no frontend would make; roll(low, high) of the dice is a number in between.
template <class Dice>
class Nonsense {
 public:
  explicit Nonsense(Dice& dice) : dice_(dice) {}

  Graph graph(Op op) {
    GraphBuilder b;
    std::vector<ValueId> inputs;
    for (auto i = dice_.roll(0, 6); i > 0; --i) inputs.push_back(operand(b));
    const NodeId n = b.node(op, "strange", "", inputs);
    const GraphArrays kinds;
    std::apply([&](const auto&... rows) { (attrs(b, n, op, rows), ...); }, kinds.attrs);
    for (auto i = dice_.roll(0, 2); i > 0; --i) b.result("", type(b));
    return b.finish().value();
  }

 private:
  std::int64_t number() {
    static constexpr std::int64_t kOdd[] = {0,
                                            1,
                                            2,
                                            3,
                                            4,
                                            7,
                                            -1,
                                            -9,
                                            1'000'000'007,
                                            std::numeric_limits<std::int64_t>::max(),
                                            std::numeric_limits<std::int64_t>::min()};
    return kOdd[dice_.roll(0, std::ssize(kOdd) - 1)];
  }
  TypeId type(GraphBuilder& b) {
    const auto dtype = static_cast<Dtype>(dice_.roll(0, kDtypeCount - 1));
    if (dice_.roll(0, 9) == 0) return b.unranked(dtype);
    std::vector<Dim> dims;
    for (auto i = dice_.roll(0, 5); i > 0; --i)
      dims.push_back(dice_.roll(0, 19) == 0 ? b.dim("n") : Dim(number()));
    return b.type(dtype, dims);
  }
  ValueId operand(GraphBuilder& b) {
    static constexpr ValueKind kKinds[] = {ValueKind::input, ValueKind::parameter, ValueKind::buffer,
                                           ValueKind::constant};
    return dice_.roll(0, 9) == 0 ? ValueId() : b.value(kKinds[dice_.roll(0, 3)], "", type(b));
  }
  template <class A>
  void attrs(GraphBuilder& b, NodeId n, Op op, const std::vector<A>&) {
    if (family_of(op) != A::family) return;
    A row;
    A::fields([&](std::string_view, auto member) { field(b, row.*member); });
    b.attrs(n, row);
  }
  void field(GraphBuilder&, std::int64_t& x) { x = dice_.roll(0, 1) == 0 ? dice_.roll(0, 3) : number(); }
  void field(GraphBuilder&, double& x) { x = static_cast<double>(number()); }
  void field(GraphBuilder& b, StringId& s) {
    static constexpr std::string_view kEquations[] = {
        "", "->", "ij,jk->ik", "...,...", "i,i", "a,b,c->", "...ij->...", ",", ".. .->", "i\x80->i"};
    s = b.string(kEquations[dice_.roll(0, std::ssize(kEquations) - 1)]);
  }
  void field(GraphBuilder& b, IntList& l) {
    std::vector<std::int64_t> list;
    for (auto i = dice_.roll(0, 3); i > 0; --i) list.push_back(number());
    l = b.ints(list);
  }
  void field(GraphBuilder&, Spatial& s) {
    s.rank = dice_.roll(0, 3);
    for (auto& x : s.at) x = dice_.roll(0, 3) == 0 ? number() : 1;
  }

  Dice& dice_;
};

/// Counts under every convention: whether all of them are errors that name the node, or sensible intervals.
inline bool is_sensible(const Graph& graph, NodeId n) {
  const auto names_node = [](const Error& e) {
    return e.fault == Fault::model && e.what.find("'strange'") != std::string::npos;
  };
  const auto w = work(graph, n);
  if (!w) return names_node(w.error());
  bool sensible = w->flops_upper >= w->flops.value && w->macs_upper() >= w->macs.value &&
                  w->flops.value >= 2 * w->macs.value && w->flops.value >> 63 == 0;
  const Counter counter(graph);
  for (const Convention c : kConventions) {
    const auto counted = counter.count(n, *w, c);
    sensible = sensible && (counted ? counted->low <= counted->high : names_node(counted.error()));
  }
  return sensible;
}

}  // namespace alidade::tests
