#include "elision.hpp"

#include <algorithm>
#include <vector>

#include "alidade/sdk/storage.hpp"

namespace alidade::fusion {
namespace {

constexpr std::size_t kMostParts = 64;  // of which a list is followed

class Elision {
 public:
  Elision(const Graph& graph, const CostProfile& cost, Folding folding)
      : g_(graph), cost_(cost), folding_(folding), placed_(graph.value_count(), 0) {
    for (const ValueId v : graph.outputs()) placed_[v] = 1;
    for (const NodeId n : graph.nodes())
      for (const RegionId r : graph.regions(n))
        for (const ValueId v : graph.results(r))
          if (v.valid()) placed_[v] = 1;
  }

  PerNode<char> all() {
    PerNode<char> out(g_.node_count(), 0);
    for (const NodeId n : g_.nodes()) {
      if (g_.op(n) != Op::concat || !is_elided(n)) continue;
      out[n] = 1;
      for (const ValueId v : g_.inputs(n)) placed_[v] = 1;
    }
    return out;
  }

 private:
  [[nodiscard]] bool is_elided(NodeId n) const {
    const auto parts = g_.inputs(n);
    if (parts.size() < 2 || parts.size() > kMostParts || is_cut(g_.outputs(n)[0])) return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto before = parts.first(i);
      if (!is_written(parts[i], n) || std::ranges::find(before, parts[i]) != before.end()) return false;
    }
    return true;
  }
  /// Whether a part is made by an operator that may put it anywhere.
  [[nodiscard]] bool is_written(ValueId v, NodeId concat) const {
    if (!v.valid() || placed_[v] != 0) return false;
    const NodeId maker = g_.producer(v);
    if (!maker.valid() || g_.region_of(maker) != g_.region_of(concat)) return false;
    if (folding_ == Folding::at_load && cost_.nodes[maker].folded) return false;
    switch (class_of(g_.op(maker))) {
      case OpClass::view:
      case OpClass::control:
      case OpClass::opaque:
      case OpClass::generator:
        return false;
      default:
        return g_.op(maker) != Op::dequantize;
    }
  }
  /// Whether somebody reads a part of it, behind views; where there are too many of them to know, as if.
  [[nodiscard]] bool is_cut(ValueId concat) const {
    std::vector<ValueId> open{concat};
    for (std::size_t i = 0; i < open.size(); ++i)
      for (const NodeId n : g_.users(open[i])) {
        if (g_.op(n) == Op::slice || g_.op(n) == Op::split || open.size() > kMostParts) return true;
        if (!shares_storage(g_.op(n))) continue;
        for (const ValueId view : g_.outputs(n)) open.push_back(view);
      }
    return false;
  }

  const Graph& g_;
  const CostProfile& cost_;
  Folding folding_;
  PerValue<char> placed_;  // has a place of its own, or in a concatenation
};

}  // namespace

PerNode<char> elided_concats(const Graph& graph, const CostProfile& cost, Folding folding, Concats concats) {
  return concats == Concats::written_in_place ? Elision(graph, cost, folding).all()
                                              : PerNode<char>(graph.node_count(), 0);
}

}  // namespace alidade::fusion
