#pragma once
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/ir/trips.hpp"
#include "alidade/ir/work.hpp"
#include "stablehlo_frontend.hpp"

namespace stablehlo_test {

using namespace alidade;

inline Result<Graph> read(const std::string& text, ReadRequest request = {},
                          const StablehloOptions& options = {}) {
  if (request.path.empty()) request.path = "m.mlir";
  return StablehloFrontend::read_text(text, request, options);
}

/// A graph that is there and fits its operators.
inline Graph graph_of(const std::string& text, ReadRequest request = {},
                      const StablehloOptions& options = {}) {
  auto graph = read(text, std::move(request), options);
  INFO(text);
  INFO((graph ? std::string() : to_text(graph.error())));
  REQUIRE(graph);
  const auto fits = verify(*graph);
  INFO((fits ? std::string() : to_text(fits.error())));
  REQUIRE(fits);
  return std::move(*graph);
}

/// What `operators` between the arguments `in` and the result `out` become.
inline std::string function(const std::string& in, const std::string& operators, const std::string& results,
                            const std::string& types) {
  return "func.func @main(" + in + ") -> (" + types + ") {\n" + operators + "\n  return " + results + " : " +
         types + "\n}\n";
}

inline std::vector<NodeId> nodes_of(const Graph& graph, Op op) {
  std::vector<NodeId> found;
  for (const NodeId n : graph.nodes())
    if (graph.op(n) == op) found.push_back(n);
  return found;
}
inline NodeId only(const Graph& graph, Op op) {
  const auto found = nodes_of(graph, op);
  REQUIRE(found.size() == 1);
  return found[0];
}

inline std::uint64_t runs(const Graph& graph, NodeId n) {
  std::uint64_t times = 1;
  for (NodeId at = graph.owner(graph.region_of(n)); at.valid(); at = graph.owner(graph.region_of(at)))
    times *= trips_of(graph, at).least;
  return times;
}

/// Sums over all operators, as often as they run for certain.
struct Sums {
  std::uint64_t macs = 0, flops = 0;
};
inline Sums sums(const Graph& graph) {
  Sums s;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    INFO((w ? std::string() : to_text(w.error())));
    REQUIRE(w);
    s.macs += w->macs.value * runs(graph, n), s.flops += w->flops.value * runs(graph, n);
  }
  return s;
}

inline std::string error_of(const std::string& text, ReadRequest request = {},
                            const StablehloOptions& options = {}) {
  const auto graph = read(text, std::move(request), options);
  REQUIRE_FALSE(graph);
  return to_text(graph.error());
}

}  // namespace stablehlo_test
