#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

// A field of an attribute as it is told: a number, a text, or a list of whole numbers.
inline std::int64_t told(const Graph&, const std::int64_t& n) { return n; }
inline double told(const Graph&, const double& x) { return x; }
inline std::string_view told(const Graph& graph, const StringId& s) { return graph.text(s); }
inline std::span<const std::int64_t> told(const Graph& graph, const IntList& l) { return graph.ints(l); }
inline std::span<const std::int64_t> told(const Graph&, const Spatial& s) {
  return std::span(s.at).first(static_cast<std::size_t>(s.rank));
}

/// Calls f(name, value, usual) for the attributes of an operator in order; usual: it has its default.
template <class F>
void each_attribute(const Graph& graph, NodeId node, F&& f) {
  const auto of_family = [&]<class A>(const std::vector<A>&) {
    if (family_of(graph.op(node)) != A::family) return;
    const A& row = graph.attrs<A>(node);
    const A usual{};
    A::fields([&](std::string_view key, auto member) {
      const auto value = told(graph, row.*member), other = told(graph, usual.*member);
      if constexpr (requires { value == other; })
        f(key, value, value == other);
      else  // a list, which is empty by default
        f(key, value, value.empty());
    });
  };
  std::apply([&](const auto&... rows) { (of_family(rows), ...); }, graph.arrays().attrs);
}

}  // namespace alidade
