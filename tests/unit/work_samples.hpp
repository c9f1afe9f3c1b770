#pragma once
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "alidade/ir/print.hpp"
#include "alidade/ir/work.hpp"

// What the tests of the counts share: small graphs in the text form, and numbers drawn with a fixed seed.
namespace alidade::samples {

using Shape = std::vector<std::int64_t>;

inline std::string list(const Shape& numbers) {
  std::string text = "[";
  for (const auto n : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(n);
  return text + "]";
}
inline std::string type(const Shape& shape, std::string_view dtype = "f32") {
  return std::string(dtype) + list(shape);
}
inline std::uint64_t elements(const Shape& shape) {
  std::uint64_t product = 1;
  for (const auto n : shape) product *= static_cast<std::uint64_t>(n);
  return product;
}

/// "input %x : f32[2]" lines, then nodes; `%y` is returned.
inline Graph graph_of(const std::string& body) {
  auto graph = parse("graph \"t\" {\n" + body + "\n return %y\n}");
  INFO(body << "\n" << (graph ? "" : graph.error().what + " " + graph.error().where));
  REQUIRE(graph.has_value());
  return std::move(*graph);
}
inline NodeId node_named(const Graph& graph, std::string_view name) {
  for (const NodeId n : graph.nodes())
    if (graph.name(n) == name) return n;
  FAIL("no node " << name);
  return {};
}
inline Result<Work> work_in(const std::string& body, std::string_view name = "y") {
  const Graph graph = graph_of(body);
  return work(graph, node_named(graph, name));
}
inline Work exact_work(const std::string& body, std::string_view name = "y") {
  const auto w = work_in(body, name);
  INFO(body << "\n" << (w ? "" : w.error().what));
  REQUIRE(w.has_value());
  CHECK(w->certainty == Certainty::exact);
  return *w;
}
inline std::uint64_t count_of(const std::string& body, Convention convention) {
  const Graph graph = graph_of(body);
  const NodeId n = node_named(graph, "y");
  const auto counted = Counter(graph).count(n, work(graph, n).value(), convention);
  REQUIRE(counted.has_value());
  return counted->low;
}
inline std::string error_of(const std::string& body) {
  const auto w = work_in(body);
  REQUIRE_FALSE(w.has_value());
  CHECK(w.error().fault == Fault::model);
  return w.error().what;
}

/// Numbers from a fixed seed: the same configurations in every run.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }

 private:
  std::mt19937 engine_;
};

/// Calls f(index) for every element of a shape.
template <class F>
void each_element(const Shape& shape, F&& f) {
  Shape at(shape.size(), 0);
  if (elements(shape) == 0) return;
  for (bool more = true; more;) {
    f(at);
    more = false;
    for (std::size_t d = shape.size(); d-- > 0 && !more;) more = ++at[d] < shape[d] || (at[d] = 0, false);
  }
}

}  // namespace alidade::samples
