// What counts as a parameter: stored numbers that an operator computes with, wherever the file keeps them.
#include "alidade/ir/work.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

constexpr int kU8 = 2, kI8 = 3, kI64 = 7;

Message reals(std::string_view name, std::initializer_list<float> values) {
  Message a;
  a.text(1, name);
  for (const auto v : values) a.real(7, v);
  return a.number(20, 6);
}
Message texts(std::string_view name, Names values) {
  Message a;
  a.text(1, name);
  for (const auto v : values) a.text(9, v);
  return a.number(20, 8);
}

/// Nodes over i i64[5] and x f32[2,4], returning y.
Graph model_of(std::initializer_list<Message> nodes, std::initializer_list<Message> stored) {
  Message g;
  for (const auto& n : nodes) g.part(1, n);
  g.text(2, "g");
  for (const auto& s : stored) g.part(5, s);
  g.part(11, value("i", {5}, kI64)).part(11, value("x", {2, 4})).part(12, Message().text(1, "y"));
  return read_bytes(
      Message().number(1, 8).part(7, g).part(8, opset(18)).part(8, opset(3, "ai.onnx.ml")).bytes());
}

std::uint64_t elements_of(const Graph& g, ValueKind kind) {
  std::uint64_t sum = 0;
  for (const auto v : g.values())
    if (g.kind(v) == kind) sum += *g.type(v).elements()->get();
  return sum;
}
ValueKind kind_of(const Graph& g, std::string_view name) { return g.kind(value_named(g, name)); }

}  // namespace

TEST_CASE("a table of bytes whose rows are cast and scaled is parameters", "[onnx]") {
  for (const int type : {kU8, kI8}) {
    const Graph g =
        model_of({node("Gather", {"table", "i"}, {"rows"}), node("Transpose", {"rows"}, {"flat"}),
                  node("Cast", {"flat"}, {"f"}, {}, {integer("to", 1)}), node("Mul", {"f", "scale"}, {"y"})},
                 {tensor("table", {1000, 4}, type), tensor("scale", {1})});
    CHECK(kind_of(g, "table") == ValueKind::parameter);
    CHECK(elements_of(g, ValueKind::parameter) == 4000);
  }
}

TEST_CASE("a table of bytes whose rows are dequantised is parameters", "[onnx]") {
  const Graph g = model_of(
      {node("Gather", {"table", "i"}, {"rows"}), node("DequantizeLinear", {"rows", "scale", "zero"}, {"y"})},
      {tensor("table", {1000, 4}, kU8), tensor("scale", {1}), tensor("zero", {1}, kU8)});
  CHECK(kind_of(g, "table") == ValueKind::parameter);
  CHECK(elements_of(g, ValueKind::parameter) == 4000);
}

TEST_CASE("a weight behind a cast and a factor is parameters", "[onnx]") {
  const Graph g = model_of({node("Cast", {"w"}, {"f"}, {}, {integer("to", 1)}),
                            node("Mul", {"f", "scale"}, {"s"}), node("MatMul", {"x", "s"}, {"y"})},
                           {tensor("w", {4, 300}, kI8), tensor("scale", {1})});
  CHECK(kind_of(g, "w") == ValueKind::parameter);
  CHECK(elements_of(g, ValueKind::parameter) == 1200);
}

TEST_CASE("integers that make indices, shapes and places are none", "[onnx]") {
  const Graph g =
      model_of({node("Gather", {"places", "i"}, {"p"}), node("Gather", {"table", "p"}, {"rows"}),
                node("Cast", {"steps"}, {"f"}, {}, {integer("to", 1)}), node("Add", {"rows", "f"}, {"y"})},
               {tensor("places", {500}, kU8), tensor("table", {300, 4}), tensor("steps", {5, 4}, kI64)});
  CHECK(kind_of(g, "places") == ValueKind::buffer);
  CHECK(kind_of(g, "steps") == ValueKind::constant);
  CHECK(elements_of(g, ValueKind::parameter) == 1200);
}

TEST_CASE("the attributes of a linear model are its weights", "[onnx]") {
  const Graph g =
      model_of({node("LinearRegressor", {"x"}, {"y"}, "fit",
                     {reals("coefficients", {1, 2, 3, 4}), reals("intercepts", {5})}, "ai.onnx.ml")},
               {});
  CHECK(kind_of(g, "fit/coefficients") == ValueKind::parameter);
  CHECK(elements_of(g, ValueKind::parameter) == 5);
  const NodeId fit = node_named(g, "fit");
  const auto w = work(g, fit);
  REQUIRE(w);
  CHECK(w->weight == Bytes(20));
  CHECK_FALSE(w->flops_upper.bounded());
  CHECK_FALSE(hides_weights(g, fit));
  CHECK(unbounded_because(g, fit) == "what it does with its weights is not known");
}

TEST_CASE("of a forest the thresholds and leaves are parameters, and what builds the trees is stored",
          "[onnx]") {
  const Graph g = model_of(
      {node("TreeEnsembleRegressor", {"x"}, {"y"}, "trees",
            {reals("nodes_values", {0.5F, 0, 0}), ints("nodes_nodeids", {0, 1, 2}),
             texts("nodes_modes", {"BRANCH_LEQ", "LEAF", "LEAF"}), reals("nodes_hitrates", {1, 1, 1}),
             reals("target_weights", {7, 8}), ints("target_ids", {0, 0}), integer("n_targets", 1)},
            "ai.onnx.ml")},
      {});
  CHECK(elements_of(g, ValueKind::parameter) == 3 + 2);
  const auto w = work(g, node_named(g, "trees"));
  REQUIRE(w);
  CHECK(w->weight == Bytes(4 * (3 + 3 + 2) + 8 * (3 + 2) + 18));
  CHECK(verify(g).has_value());
}
