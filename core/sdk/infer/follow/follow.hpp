#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "alidade/infer/types.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade::infer {

/// Where in a size of a value the factor lies that it took: `[16, 2]` as one size of 32, whose 2 became 6,
/// has 16 outside of it. Remembered by the size before and after, for those that come apart again later.
class FactorPlaces {
 public:
  void note(ValueId v, Dim was, Dim is, std::int64_t outside);
  /// What is noted for an operand holds for a result with the same size, unless something is noted for it.
  void inherit(const Graph& graph, NodeId node, ValueId result, Dim was, Dim is);
  /// 1 where nothing is known.
  [[nodiscard]] std::int64_t outside(ValueId v, Dim was, Dim is) const;

 private:
  std::map<std::tuple<ValueId, std::int64_t, std::int64_t>, std::int64_t> places_;
};

/// One node whose operands have other shapes than when the graph was read.
struct Changed {
  const Graph& graph;
  NodeId node;
  Sizes& sizes;
  FactorPlaces& places;
  std::span<const Shape> before, after;  ///< of every operand
  std::vector<Shape> results;            ///< as they were; made anew
  bool scaled = false;                   ///< a target that the file fixes took the factor

  [[nodiscard]] const Shape& in(std::size_t i = 0) const { return after[i]; }
  [[nodiscard]] bool has(std::size_t i) const { return i < after.size() && graph.inputs(node)[i].valid(); }
  template <class A>
  [[nodiscard]] const A& attrs() const {
    return graph.attrs<A>(node);
  }
};

/// As messages show it: "[batch,64,?]".
[[nodiscard]] std::string shown(Sizes& sizes, const Shape& shape);

/// Works the results out anew; an error says what does not fit.
[[nodiscard]] Result<void> follow(Changed& node);
/// A reshape whose target is not in the graph: groups of sizes with equal products change together, and the
/// size of a group that lies where the factor does in the operand takes it.
[[nodiscard]] Result<Shape> follow_reshape(Changed& node);
/// What a target that is in the graph makes of the operand, as the operator is defined; nothing where it does
/// not fit.
[[nodiscard]] std::optional<Shape> follow_target(const Changed& node);
void follow_factorisation(Changed& node);
void follow_search(Changed& node);
void follow_transform(Changed& node);
void follow_pad(Changed& node);
void follow_adaptive_pool(Changed& node);
void follow_topk(Changed& node);
void follow_grid_sample(Changed& node);
void follow_scatter(Changed& node);
void follow_resize(Changed& node);
void follow_tile(Changed& node);
[[nodiscard]] Result<void> follow_expand(Changed& node);
[[nodiscard]] Result<void> follow_split(Changed& node);
/// By the operator's name in the file; false where no rule has it.
[[nodiscard]] bool follow_named(Changed& node);
[[nodiscard]] std::string_view base_name(
    const Changed& node);  ///< "diagonal" of "aten.diagonal.default" and "aten::diagonal"
/// A size of the result that is the first operand's at the same place follows it; another one keeps its ratio
/// to it, and is unknown where that is no whole number, or where one element became several.
[[nodiscard]] Shape follow_places(Changed& node, const Shape& result);

}  // namespace alidade::infer
