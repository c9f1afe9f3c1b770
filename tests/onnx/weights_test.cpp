// What counts as a parameter: stored numbers that an operator computes with, wherever the file keeps them.
#include "alidade/ir/work.hpp"
#include "alidade/sdk/storage.hpp"
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

/// A Constant node with the contents of a stored tensor.
Message constant(std::string_view name, const Message& stored) {
  return node("Constant", {}, {name}, {}, {Message().text(1, "value").part(5, stored).number(20, 4)});
}
/// All bytes that the graph has of what the file stores.
std::uint64_t stored_bytes(const Graph& g) {
  std::uint64_t sum = 0;
  for (const auto v : g.values())
    if (is_stored(g.kind(v))) sum += *g.type(v).size_bytes()->get();
  return sum;
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

TEST_CASE("a tensor is a parameter as a Constant node if it is one as an initializer", "[onnx]") {
  const Message w = tensor("w", {4, 8}), s = tensor("s", {8}), one = tensor("one", {1});
  const auto both = [&](std::initializer_list<Message> constants, std::initializer_list<Message> stored) {
    Message g;
    for (const auto& c : constants) g.part(1, c);
    g.part(1, node("Concat", {"w", "w"}, {"ww"}, {}, {integer("axis", 1)}));
    g.part(1, node("Slice", {"ww", "from", "to", "from"}, {"part"}));
    g.part(1, node("MatMul", {"x", "w"}, {"m"})).part(1, node("Mul", {"m", "s"}, {"n"}));
    g.part(1, node("Div", {"n", "one"}, {"y"})).text(2, "g");
    for (const auto& t : stored) g.part(5, t);
    for (const auto* name : {"from", "to"}) g.part(5, tensor(name, {1}, kI64).number(7, 1));
    return read_bytes(model(g.part(11, value("x", {2, 4})).part(12, Message().text(1, "y"))).bytes());
  };
  const Graph nodes = both({constant("w", w), constant("s", s), constant("one", one)}, {});
  const Graph initializers = both({}, {w, s, one});
  for (const Graph* g : {&nodes, &initializers}) {
    CHECK(elements_of(*g, ValueKind::parameter) == 4 * 8 + 8);
    CHECK(stored_bytes(*g) == 4 * (4 * 8 + 8 + 1) + 2 * 8);
  }
}

TEST_CASE("what nobody reads is stored, and floats of it are parameters", "[onnx]") {
  const Graph g = model_of({node("Relu", {"x"}, {"y"})},
                           {tensor("w", {100, 100}), tensor("table", {500}, kI64), tensor("one", {1})});
  CHECK(kind_of(g, "w") == ValueKind::parameter);
  CHECK(kind_of(g, "table") == ValueKind::buffer);
  CHECK(kind_of(g, "one") == ValueKind::constant);
  CHECK(stored_bytes(g) == 40'000 + 4'000 + 4);
}

TEST_CASE("shapes, settings and texts are stored, and no parameters", "[onnx]") {
  const Graph g =
      model_of({constant("shape", tensor("", {1}, kI64).number(7, 8)), node("Reshape", {"x", "shape"}, {"r"}),
                node("Unsqueeze", {"r", "axes"}, {"u"}), node("Resize", {"u", "", "scales"}, {"y"})},
               {tensor("axes", {2}, kI64).number(7, 0).number(7, 1),
                tensor("scales", {3}).real(4, 1).real(4, 1).real(4, 2),
                tensor("words", {2}, 8).text(6, "one").text(6, "three")});
  CHECK(to_text(g, g.type_id(value_named(g, "y"))) == "f32[1,1,16]");
  CHECK(elements_of(g, ValueKind::parameter) == 0);
  CHECK(stored_bytes(g) == 8 + 2 * 8 + 3 * 4 + 8);
  CHECK(verify(g).has_value());
}

namespace {

/// If of a graph over x f32[2,4]: a product with weights of its own, another one with `shared`, or a linear
/// model.
Graph branches(std::string_view condition, std::initializer_list<Message> stored) {
  const auto branch = [](std::initializer_list<Message> nodes, std::initializer_list<Message> own,
                         std::string_view output) {
    Message b;
    for (const auto& n : nodes) b.part(1, n);
    b.text(2, "b");
    for (const auto& t : own) b.part(5, t);
    return b.part(12, Message().text(1, output));
  };
  const Message one = branch({constant("eight", tensor("", {1}, kI64).number(7, 8)),
                              node("Cast", {"bytes"}, {"f"}, {}, {integer("to", 1)}),
                              node("MatMul", {"x", "f"}, {"m"}), node("Reshape", {"m", "eight"}, {"a"})},
                             {tensor("bytes", {4, 4}, kI8)}, "a");
  const Message other = branch(
      {constant("k", tensor("", {4, 10})), node("MatMul", {"x", "k"}, {"p"}),
       node("MatMul", {"x", "shared"}, {"q"}), node("Concat", {"p", "q"}, {"c"}, {}, {integer("axis", 1)}),
       node("ReduceSum", {"c"}, {"b"}, {}, {integer("keepdims", 0)})},
      {}, "b");
  Message g;
  g.part(1, node("If", {condition}, {"y"}, "if",
                 {graph_attribute("then_branch", one), graph_attribute("else_branch", other)}));
  g.text(2, "g");
  for (const auto& s : stored) g.part(5, s);
  g.part(5, tensor("shared", {4, 30}));
  g.part(11, value("c", {}, 9)).part(11, value("x", {2, 4})).part(12, Message().text(1, "y"));
  return read_bytes(model(g).bytes());
}

}  // namespace

TEST_CASE("what an if stores counts whichever branch is taken", "[onnx]") {
  const auto yes = tensor("yes", {}, 9).number(5, 1), no = tensor("no", {}, 9).number(5, 0);
  for (const auto* condition : {"yes", "no", "c"}) {
    const Graph g = branches(condition, {yes, no});
    INFO(condition);
    CHECK(elements_of(g, ValueKind::parameter) == 16 + 40 + 120);
    CHECK(stored_bytes(g) == 16 + 4 * (40 + 120) + 8 + 2);
    CHECK(verify(g).has_value());
  }
}

TEST_CASE("what a loop stores counts once, however many trips are written out", "[onnx]") {
  // each trip appends a row: three shapes, so the loop is written out
  Message body;
  body.part(1, constant("rows", tensor("", {1, 4})));
  body.part(1, node("Concat", {"v", "rows"}, {"w"}, {}, {integer("axis", 0)}));
  body.part(1, node("MatMul", {"w", "m"}, {"z"})).part(1, constant("on", tensor("", {}, 9).number(5, 1)));
  body.text(2, "b").part(5, tensor("m", {4, 4}));
  body.part(11, value("i", {}, kI64)).part(11, value("go", {}, 9)).part(11, Message().text(1, "v"));
  body.part(12, Message().text(1, "on")).part(12, Message().text(1, "z"));
  Message g;
  g.part(1, node("Loop", {"count", "", "x"}, {"y"}, "loop", {graph_attribute("body", body)})).text(2, "g");
  g.part(5, tensor("count", {}, kI64).number(7, 3));
  const Graph made =
      read_bytes(model(g.part(11, value("x", {2, 4})).part(12, Message().text(1, "y"))).bytes());
  CHECK(node_named(made, "loop/2/MatMul_2").valid());
  CHECK(elements_of(made, ValueKind::parameter) == 4 + 16);
  CHECK(stored_bytes(made) == 4 * 20 + 8 + 1);
}

TEST_CASE("blocks of few bits are stored whole", "[onnx]") {
  // 12 rows of 100 elements, 50 bytes, in 4 blocks of 16 bytes
  const Graph g =
      read_bytes(Message()
                     .number(1, 8)
                     .part(7, Message()
                                  .part(1, node("MatMulNBits", {"x", "w", "scales"}, {"y"}, "product",
                                                {integer("K", 100), integer("N", 12), integer("bits", 4),
                                                 integer("block_size", 32)},
                                                "com.microsoft"))
                                  .text(2, "g")
                                  .part(5, tensor("w", {12, 4, 16}, kU8))
                                  .part(5, tensor("scales", {48}))
                                  .part(11, value("x", {2, 100}))
                                  .part(12, Message().text(1, "y")))
                     .part(8, opset(18))
                     .part(8, opset(1, "com.microsoft"))
                     .bytes());
  CHECK(elements_of(g, ValueKind::parameter) == 1200);
  CHECK(stored_bytes(g) == 12 * 4 * 16 + 48 * 4);
  const auto w = work(g, node_named(g, "product")).value();
  CHECK(w.macs.value == 2 * 12 * 100);
  CHECK(w.weight == Bytes(12 * 4 * 16 + 48 * 4));
  CHECK(verify(g).has_value());
}
