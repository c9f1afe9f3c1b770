#include "subgraph.hpp"

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <vector>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/builder.hpp"

namespace alidade::host {
namespace {

/// Values that a node reads, those in its regions among them.
void each_read(const Graph& graph, NodeId node, auto&& f) {
  for (const ValueId v : graph.inputs(node))
    if (v.valid()) f(v);
  for (const RegionId r : graph.regions(node)) {
    for (const NodeId inner : graph.body(r)) each_read(graph, inner, f);
    for (const ValueId v : graph.results(r)) f(v);
  }
}

class Cut {
 public:
  Cut(const Graph& graph, std::string_view name, const PerNode<char>& placed)
      : graph_(graph), placed_(placed), inside_(graph.node_count(), 0), made_(graph.value_count()) {
    builder_.name(name), builder_.format(graph.format()), builder_.producer(graph.producer());
  }

  Result<Graph> of(std::span<const NodeId> nodes) {
    for (const NodeId n : nodes) inside_[n] = 1;
    for (const NodeId n : nodes) take_what_is_known(n);
    for (const NodeId n : graph_.body())
      if (inside_[n]) add(n);
    for (const NodeId n : nodes)
      for (const ValueId v : graph_.outputs(n))
        if (is_given(v)) builder_.output(made_[v]);
    return builder_.finish();
  }

 private:
  /// What is made before the model runs and read here.
  void take_what_is_known(NodeId node) {
    each_read(graph_, node, [&](ValueId v) {
      const NodeId maker = graph_.producer(v);
      if (!maker.valid() || inside_[maker] || placed_[maker] || graph_.region_of(maker) != RegionId(0))
        return;
      inside_[maker] = 1;
      take_what_is_known(maker);
    });
  }
  [[nodiscard]] bool is_given(ValueId v) const {
    if (std::ranges::find(graph_.outputs(), v) != graph_.outputs().end()) return true;
    return std::ranges::any_of(graph_.users(v), [&](NodeId user) {
      while (graph_.region_of(user) != RegionId(0)) user = graph_.owner(graph_.region_of(user));
      return !inside_[user];
    });
  }

  TypeId type(ValueId v) {
    const auto type = graph_.type(v);
    if (!type.ranked) return builder_.unranked(type.dtype);
    std::vector<Dim> dims;
    for (const Dim d : type.dims)
      dims.push_back(d.is_symbolic() ? builder_.dim(graph_.expression(d.symbol())) : d);
    return builder_.type(type.dtype, dims);
  }
  /// What others make is an input here.
  ValueId value(ValueId v) {
    if (!v.valid() || made_[v].valid()) return v.valid() ? made_[v] : v;
    const auto kind = graph_.kind(v);
    made_[v] = builder_.value(kind == ValueKind::result ? ValueKind::input : kind, graph_.name(v), type(v));
    if (const auto numbers = graph_.literal(v)) builder_.literal(made_[v], *numbers);
    return made_[v];
  }

  template <class T>
  T own(const T& attribute) {
    if constexpr (std::is_same_v<T, IntList>)
      return builder_.ints(graph_.ints(attribute));
    else if constexpr (std::is_same_v<T, StringId>)
      return builder_.string(graph_.text(attribute));
    else
      return attribute;
  }
  void add_attributes(NodeId from, NodeId to) {
    [&]<class... A>(std::type_identity<std::tuple<std::vector<A>...>>) {
      (add_family<A>(from, to), ...);
    }(std::type_identity<decltype(GraphArrays::attrs)>());
  }
  template <class A>
  void add_family(NodeId from, NodeId to) {
    if (family_of(graph_.op(from)) != A::family) return;
    auto row = graph_.attrs<A>(from);
    A::fields([&](std::string_view, auto member) { row.*member = own(row.*member); });
    builder_.attrs(to, row);
  }

  void add(NodeId n) {
    std::vector<ValueId> inputs;
    for (const ValueId v : graph_.inputs(n)) inputs.push_back(value(v));
    const NodeId made = builder_.node(graph_.op(n), graph_.name(n), graph_.foreign(n), inputs);
    add_attributes(n, made);
    builder_.module(made, builder_.module(graph_.path(graph_.module(n)), graph_.type(graph_.module(n))));
    if (const auto at = graph_.source(n)) builder_.source(made, builder_.source(at->first, at->second));
    for (const ValueId v : graph_.outputs(n)) made_[v] = builder_.result(graph_.name(v), type(v));
    for (const RegionId r : graph_.regions(n)) add_region(r, made);
  }
  void add_region(RegionId r, NodeId owner) {
    builder_.begin_region(owner);
    for (const ValueId v : graph_.arguments(r)) made_[v] = builder_.argument(graph_.name(v), type(v));
    for (const NodeId inner : graph_.body(r)) add(inner);
    std::vector<ValueId> results;
    for (const ValueId v : graph_.results(r)) results.push_back(value(v));
    builder_.end_region(results);
  }

  const Graph& graph_;
  const PerNode<char>& placed_;
  GraphBuilder builder_;
  PerNode<char> inside_;
  PerValue<ValueId> made_;
};

}  // namespace

Result<Graph> subgraph(const Graph& graph, std::string_view name, std::span<const NodeId> nodes,
                       const PerNode<char>& placed) {
  return Cut(graph, name, placed).of(nodes);
}

}  // namespace alidade::host
