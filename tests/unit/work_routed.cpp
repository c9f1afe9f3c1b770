// Mixtures of experts, and what no output needs: as other tools count them.
#include "alidade/sdk/needed.hpp"
#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

TEST_CASE("neither tool has a formula for the product of experts") {
  const std::string body =
      "input %x : f32[6,4]\n input %ends : i32[3]\n parameter %w : f32[3,4,5]\n %y = routed_matmul(%x, %w, "
      "%ends) : "
      "f32[6,5]";
  CHECK(count_of(body, Convention::macs) == 120);
  CHECK(count_of(body, Convention::torch) == 0);
  CHECK(count_of(body, Convention::fvcore) == 0);
}

TEST_CASE("a routed product of rows that do not fit the experts is refused") {
  CHECK(error_of("input %x : f32[4,8]\n parameter %w : f32[2,9,3]\n input %ends : i32[2]\n %y = "
                 "routed_matmul(%x, %w, "
                 "%ends) : f32[4,3]") == "node 'y' multiplies rows of 8 by columns of 9");
}

TEST_CASE("integer products and packed weights are products that the tools have no formula for") {
  const auto product = [](const std::string& foreign) {
    return "input %a : i8[3,4]\n parameter %b : i8[4,5]\n %y = matmul(%a, %b) : i32[3,5] as \"" + foreign +
           "\"";
  };
  CHECK(count_of(product("aten._int_mm.default"), Convention::torch) == 0);
  CHECK(count_of(product("aten._int_mm.default"), Convention::fvcore) == 0);
  CHECK(count_of(product("aten._int_mm.default"), Convention::macs) == 60);
  CHECK(count_of(product("aten._scaled_mm.default"), Convention::torch) == 120);
  CHECK(count_of(product("aten._scaled_mm.default"), Convention::fvcore) == 0);
}

namespace {

/// A chain of reluses in which some results are read by later ones, and some by nobody.
struct RandomGraph {
  std::string body = "input %x : f32[2]";
  std::vector<std::pair<std::int64_t, std::int64_t>> reads;  // node, the node it reads
  std::int64_t last = 0;

  explicit RandomGraph(Dice& dice) {
    last = dice.roll(2, 12);
    for (std::int64_t n = 0; n <= last; ++n) {
      const auto from = n == 0 ? -1 : dice.roll(-1, n - 1);
      body += "\n %" + name(n) + " = relu(" + (from < 0 ? "%x" : "%" + name(from)) + ") : f32[2]";
      reads.emplace_back(n, from);
    }
  }
  [[nodiscard]] std::string name(std::int64_t n) const { return n == last ? "y" : "n" + std::to_string(n); }
  /// Follows what reads what until nothing changes.
  [[nodiscard]] std::vector<bool> needed() const {
    std::vector<bool> is(static_cast<std::size_t>(last + 1));
    is.back() = true;
    for (std::int64_t round = 0; round <= last; ++round)
      for (const auto& [node, from] : reads)
        if (from >= 0 && is[static_cast<std::size_t>(node)]) is[static_cast<std::size_t>(from)] = true;
    return is;
  }
};

}  // namespace

TEST_CASE("a node is needed when an output can be reached from it") {
  Dice dice(22);
  for (int i = 0; i < 40; ++i) {
    const RandomGraph random(dice);
    const Graph graph = graph_of(random.body);
    const auto needed = needed_nodes(graph);
    const auto expected = random.needed();
    for (std::size_t n = 0; n < expected.size(); ++n)
      CHECK((needed[node_named(graph, random.name(static_cast<std::int64_t>(n)))] != 0) == expected[n]);
  }
}

TEST_CASE("a trace leaves out what no output needs, and so does fvcore's count, while torch runs it") {
  const Graph graph = graph_of(
      "input %x : f32[2,3]\n parameter %w : f32[3,5]\n %idle = matmul(%x, %w) : f32[2,5]\n %y = matmul(%x, "
      "%w) : f32[2,5]");
  const Counter counter(graph);
  const auto counted = [&](std::string_view node, Convention c) {
    const NodeId n = node_named(graph, node);
    return counter.count(n, work(graph, n).value(), c)->low;
  };
  CHECK(counted("idle", Convention::fvcore) == 0);
  CHECK(counted("y", Convention::fvcore) == 30);
  CHECK(counted("idle", Convention::torch) == 60);
}

TEST_CASE("what a branch does with a value from around it makes the value needed") {
  auto graph = parse(R"(graph "t" {
    input %x : f32[2]
    input %c : bool[]
    %a = relu(%x) : f32[2]
    %b = exp(%x) : f32[2]
    %y = if(%c) : f32[2] {
      %t = neg(%a) : f32[2]
      %u = abs(%a) : f32[2]
      yield %t
    } {
      yield %x
    }
    return %y
  })");
  INFO((graph ? "" : graph.error().what + " " + graph.error().where));
  REQUIRE(graph.has_value());
  const auto needed = needed_nodes(*graph);
  std::string names;
  for (const NodeId n : graph->nodes())
    if (needed[n] != 0) names += std::string(graph->name(n)) + " ";
  CHECK(names == "a y t ");
}

TEST_CASE("what is written into a tensor through a view is needed by whoever reads the tensor") {
  const auto needed = [](const std::string& output) {
    auto graph = parse(R"(graph "t" {
      input %x : f32[3,4]
      input %z : f32[2,4]
      %a = neg(%x) : f32[3,4]
      %b = exp(%x) : f32[3,4]
      %part = slice(%a) {axes=[0], starts=[1], ends=[3], steps=[1]} : f32[2,4]
      %more = abs(%z) : f32[2,4]
      %added = add(%part, %more) : f32[2,4] as "aten.add_.Tensor"
      %idle = relu(%b) : f32[3,4] as "aten.relu_.default"
      %written = copy(%x) : f32[3,4] as "aten.copy_.default"
      %y = sqrt(%a) : f32[3,4]
      return %)" + output +
                       "\n}");
    REQUIRE(graph.has_value());
    const auto found = needed_nodes(*graph);
    std::string names;
    for (const NodeId n : graph->nodes())
      if (found[n] != 0) names += std::string(graph->name(n)) + " ";
    return names;
  };
  CHECK(needed("y") == "a part more added written y ");
  CHECK(needed("more") == "more written ");
  CHECK(needed("idle") == "b idle written ");
}
