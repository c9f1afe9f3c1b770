// How often a Loop runs and what becomes of tensors that change from trip to trip. The numbers are those of
// doing it by hand, trip by trip; tests/conformance/control_test.py has random models beside onnx's own
// implementation.
#include "alidade/ir/work.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

/// A stored whole number; a stored truth.
Message whole(std::string_view name, std::int64_t n, std::initializer_list<std::int64_t> dims = {}) {
  return tensor(name, dims, 7).number(7, static_cast<std::uint64_t>(n));
}
Message truth(std::string_view name, bool yes) { return tensor(name, {}, 9).number(5, yes ? 1 : 0); }

/// x f32[2,4] -> y. The body has the arguments i, going, s (and n, where there is a counter).
Message body(std::initializer_list<Message> nodes, Names results, bool counts = false) {
  Message g;
  for (const auto& n : nodes) g.part(1, n);
  g.text(2, "body")
      .part(11, value("i", {}, 7))
      .part(11, value("going", {}, 9))
      .part(11, Message().text(1, "s"));
  if (counts) g.part(11, value("n", {}, 7));
  for (const auto r : results) g.part(12, Message().text(1, r));
  return g;
}
Message looped(Names operands, Names outputs, const Message& inside, std::initializer_list<Message> stored,
               std::initializer_list<Message> more = {}) {
  Message g;
  g.part(1, node("Loop", operands, outputs, "loop", {graph_attribute("body", inside)}));
  for (const auto& n : more) g.part(1, n);
  g.text(2, "g");
  for (const auto& w : stored) g.part(5, w);
  g.part(11, value("x", {2, 4})).part(11, value("data", {}, 9)).part(11, value("count", {}, 7));
  return model(g.part(12, Message().text(1, "y")));
}
/// Each trip has one row more, and a product of them: 16 multiplications a row.
const Message kGrows = body({node("Concat", {"s", "row"}, {"t"}, "grow", {integer("axis", 0)}),
                             node("MatMul", {"t", "w"}, {"u"}, "product")},
                            {"going", "u"});
const auto kWeights = {
    tensor("row", {1, 4}), tensor("w", {4, 4}),     whole("three", 3), whole("million", 1'000'000),
    truth("yes", true),    truth("no", false),      whole("zero", 0),  whole("one", 1),
    whole("five", 5),      whole("huge", INT64_MAX)};

Graph grown(Names operands, const Message& inside = kGrows) {
  return read_bytes(looped(operands, {"y"}, inside, kWeights).bytes());
}
std::string type_of(const Graph& g, std::string_view name) {
  return to_text(g, g.type_id(value_named(g, name)));
}
LoopAttrs trips(const Graph& g) { return g.attrs<LoopAttrs>(node_named(g, "loop")); }

}  // namespace

TEST_CASE("a tensor that grows is followed trip by trip", "[onnx][loops]") {
  const Graph g = grown({"three", "", "x"});
  std::vector<std::string> products;
  for (const NodeId n : g.nodes())
    if (g.op(n) == Op::linear) products.push_back(to_text(g, g.type_id(g.outputs(n)[0])));
  CHECK(products == std::vector<std::string>{"f32[3,4]", "f32[4,4]", "f32[5,4]"});
  CHECK(g.name(node_named(g, "loop/1/product")) == "loop/1/product");
  CHECK(type_of(g, "y") == "f32[5,4]");
  CHECK(note(g, "loop-shape-changes").empty());
}

TEST_CASE("a tensor that grows too often, or as the data want, has no size", "[onnx][loops]") {
  const Graph often = grown({"million", "", "x"});
  CHECK(trips(often).trips == 1'000'000);
  CHECK(type_of(often, "y") == "f32[?,4]");
  CHECK(type_of(often, "s") == "f32[?,4]");
  CHECK(
      note(often, "loop-shape-changes") ==
      "a value changes its shape from trip to trip, and its 1,000,000 trips are too many to be written out: "
      "sizes that change are not known, and figures are \"at least\"");
  const Graph data = grown({"three", "data", "x"});
  CHECK(trips(data).trips == -1);
  CHECK(trips(data).least == 0);
  CHECK(trips(data).most == 3);
  CHECK(type_of(data, "y") == "f32[?,4]");
  CHECK(
      note(data, "loop-shape-changes") ==
      "a value changes its shape from trip to trip, and the data decide how often it runs: sizes that change "
      "are not known, and figures are \"at least\"");
}

TEST_CASE("a loop runs as often as its count and its conditions allow", "[onnx][loops]") {
  const Message keeps = body({node("Relu", {"s"}, {"t"})}, {"going", "t"});
  const Message stops =
      body({node("Relu", {"s"}, {"t"}), node("Identity", {"data"}, {"more"})}, {"more", "t"});
  const Message once = body({node("Relu", {"s"}, {"t"}), node("Identity", {"no"}, {"more"})}, {"more", "t"});
  const auto of = [&](Names operands, const Message& inside) {
    const auto a = trips(grown(operands, inside));
    return std::array{a.trips, a.least, a.most};
  };
  using Found = std::array<std::int64_t, 3>;
  CHECK(of({"three", "", "x"}, keeps) == Found{3, 0, -1});
  CHECK(of({"three", "yes", "x"}, keeps) == Found{3, 0, -1});
  CHECK(of({"three", "no", "x"}, keeps) == Found{0, 0, -1});
  CHECK(of({"zero", "", "x"}, keeps) == Found{0, 0, -1});
  CHECK(of({"three", "data", "x"}, keeps) == Found{-1, 0, 3});
  CHECK(of({"count", "", "x"}, keeps) == Found{-1, 0, -1});
  CHECK(of({"three", "", "x"}, stops) == Found{-1, 1, 3});
  CHECK(of({"three", "data", "x"}, stops) == Found{-1, 0, 3});
  CHECK(of({"", "", "x"}, stops) == Found{-1, 1, -1});
  CHECK(of({"huge", "yes", "x"}, stops) == Found{-1, 1, -1});
  CHECK(of({"three", "", "x"}, once) == Found{1, 0, -1});
  CHECK(of({"count", "", "x"}, once) == Found{-1, 0, 1});
}

TEST_CASE("the trip and carried counters end a loop where they are known to", "[onnx][loops]") {
  const Message by_trip =
      body({node("Relu", {"s"}, {"t"}), node("Less", {"i", "five"}, {"more"})}, {"more", "t"});
  CHECK(trips(grown({"", "", "x"}, by_trip)).trips == 6);  // asked after trips 0 to 5
  CHECK(trips(grown({"three", "", "x"}, by_trip)).trips == 3);
  const Message counts = body(
      {node("Relu", {"s"}, {"t"}), node("Add", {"n", "one"}, {"m"}), node("Less", {"m", "five"}, {"more"})},
      {"more", "t", "m"}, true);
  const auto counted = looped({"", "yes", "x", "three"}, {"z", "last"}, counts, kWeights,
                              {node("Expand", {"row", "sizes"}, {"y"}),
                               node("Concat", {"last1", "four"}, {"sizes"}, "c", {integer("axis", 0)}),
                               node("Reshape", {"last", "four1"}, {"last1"}),
                               node("Constant", {}, {"four"}, "f", {ints("value_ints", {4})}),
                               node("Constant", {}, {"four1"}, "o", {ints("value_ints", {1})})});
  const Graph g = read_bytes(counted.bytes());
  CHECK(trips(g).trips == 2);            // 4, and 5 is not less than 5
  CHECK(type_of(g, "y") == "f32[5,4]");  // what the counter is afterwards
}

TEST_CASE("rows of a loop that is written out are stacked", "[onnx][loops]") {
  const Message inside = body({node("Concat", {"s", "row"}, {"t"}, "grow", {integer("axis", 0)}),
                               node("ReduceSum", {"t"}, {"r"}, "sum", {integer("keepdims", 0)})},
                              {"going", "t", "r"});
  const Graph g = read_bytes(looped({"three", "", "x"}, {"z", "y"}, inside, kWeights).bytes());
  CHECK(type_of(g, "y") == "f32[3]");
  CHECK(type_of(g, "z") == "f32[5,4]");
}

TEST_CASE("a list that grows in a loop is as long as the trips, and of no known length inside",
          "[onnx][loops]") {
  const auto list = [](std::string_view count) {
    const Message inside =
        body({node("SequenceInsert", {"s", "x"}, {"t"}), node("SequenceLength", {"s"}, {"length"})},
             {"going", "t", "length"});
    Message g;
    g.part(1, node("SequenceEmpty", {}, {"empty"}))
        .part(1, node("Loop", {count, "", "empty"}, {"all", "lengths"}, "loop",
                      {graph_attribute("body", inside)}))
        .part(1, node("ConcatFromSequence", {"all"}, {"y"}, "join", {integer("axis", 0)}))
        .text(2, "g");
    for (const auto& w : kWeights) g.part(5, w);
    g.part(11, value("x", {2, 4})).part(12, Message().text(1, "y")).part(12, Message().text(1, "lengths"));
    return read_bytes(model(g).bytes());
  };
  CHECK(type_of(list("three"), "y") == "f32[6,4]");
  CHECK(trips(list("three")).trips == 3);
  CHECK(type_of(list("three"), "lengths") == "i64[3]");
  CHECK(type_of(list("million"), "y") == "f32[?,4]");
}

TEST_CASE("loops in loops that change are read in bounded time", "[onnx][loops]") {
  Message inner = kGrows;
  for (int depth = 0; depth < 20; ++depth)
    inner = body({node("Loop", {"", "data", "s"}, {"u"}, "in", {graph_attribute("body", inner)}),
                  node("Identity", {"data"}, {"more"})},
                 {"more", "u"});
  const Graph g = grown({"", "data", "x"}, inner);
  CHECK(type_of(g, "y").starts_with("f32["));
  CHECK(g.node_count() < 100);
}

TEST_CASE("of carried values only those that change have unknown sizes", "[onnx][loops]") {
  // n starts as one number and is a row of four from the first trip on; s and the product of it stay.
  Message settles = body({node("Expand", {"n", "four"}, {"m"}), node("MatMul", {"s", "w"}, {"t"}, "product")},
                         {"going", "t", "m"});
  settles.part(11, Message().text(1, "n"));
  const Graph g = read_bytes(looped({"count", "", "x", "one1"}, {"y", "z"}, settles,
                                    {tensor("w", {4, 4}), whole("one1", 1, {1}), whole("four", 4, {1})})
                                 .bytes());
  CHECK(type_of(g, "n") == "i64[?]");
  CHECK(type_of(g, "s") == "f32[2,4]");
  CHECK(type_of(g, "t") == "f32[2,4]");
  CHECK(type_of(g, "y") == "f32[2,4]");
  CHECK(type_of(g, "z") == "i64[?]");
}

TEST_CASE("values that follow a growing one, each a trip later, leave the others known", "[onnx][loops]") {
  constexpr int kFollowers = 12;
  Message inside, g;
  inside.part(1, node("Concat", {"c0", "row"}, {"r0"}, "grow", {integer("axis", 0)}))
      .part(1, node("Relu", {"still"}, {"kept"}))
      .text(2, "body")
      .part(11, value("i", {}, 7))
      .part(11, value("going", {}, 9));
  Message loop = Message().text(1, "count").text(1, "");
  Message outs;
  inside.part(12, Message().text(1, "going"));
  for (int k = 0; k < kFollowers; ++k) {
    const auto n = std::to_string(k);
    if (k > 0) inside.part(1, node("Neg", {"c" + std::to_string(k - 1)}, {"r" + n}));
    inside.part(11, Message().text(1, "c" + n)).part(12, Message().text(1, "r" + n));
    loop.text(1, "x"), outs.text(2, "out" + n);
  }
  inside.part(11, Message().text(1, "still")).part(12, Message().text(1, "kept"));
  loop.text(1, "x");
  const std::string node_bytes = loop.bytes() + outs.text(2, "y").bytes() +
                                 Message().text(3, "loop").text(4, "Loop").bytes() +
                                 Message().part(5, graph_attribute("body", inside)).bytes();
  g.text(1, node_bytes).text(2, "g").part(5, tensor("row", {1, 4}));
  g.part(11, value("x", {2, 4})).part(11, value("count", {}, 7)).part(12, Message().text(1, "y"));
  const Graph made = read_bytes(model(g).bytes());
  CHECK(type_of(made, "c11") == "f32[?,4]");
  CHECK(type_of(made, "still") == "f32[2,4]");
  CHECK(type_of(made, "y") == "f32[2,4]");
}

TEST_CASE("the last part of an uneven split is what is left", "[onnx]") {
  Message g;
  g.part(1, node("Split", {"x"}, {"a", "b", "y"}, "s", {integer("num_outputs", 3)})).text(2, "g");
  Message shape;
  shape.part(1, Message().text(2, "n"));
  g.part(11, Message().text(1, "x").part(2, Message().part(1, Message().number(1, 1).part(2, shape))));
  g.part(12, Message().text(1, "y"));
  for (const std::int64_t n : {7, 8, 9, 300}) {
    auto bound = request();
    bound.bindings = {{"n", n}};
    const auto each = (n + 2) / 3;
    const Graph once = read_bytes(model(g).bytes(), bound);
    const auto later = bind(read_bytes(model(g).bytes()), {{"n", n}});
    REQUIRE(later);
    for (const Graph* made : {&once, &*later}) {
      CHECK(type_of(*made, "a") == "f32[" + std::to_string(each) + "]");
      CHECK(type_of(*made, "b") == "f32[" + std::to_string(each) + "]");
      CHECK(type_of(*made, "y") == "f32[" + std::to_string(n - 2 * each) + "]");
    }
  }
}

TEST_CASE("before operator set 18 a split without sizes makes equal parts or none", "[onnx]") {
  Message g;
  g.part(1, node("Split", {"x"}, {"a", "b", "y"}, "s")).text(2, "g").part(11, value("x", {7}));
  g.part(12, Message().text(1, "y"));
  for (const std::uint64_t version : {11, 13, 17})
    CHECK(failure(model(g, version)) ==
          "error: it makes 3 equal parts of 7 elements, and 7 is no multiple of 3\n  --> m.onnx: node 's' "
          "(Split)");
}

TEST_CASE("the product and the sum of no sizes are known", "[onnx]") {
  for (const auto& [op, size] : {std::pair{"ReduceProd", "1"}, std::pair{"ReduceSum", "0"}}) {
    Message g;
    g.part(1, node("Shape", {"x"}, {"shape"}))
        .part(1, node(op, {"shape"}, {"all"}, "r", {integer("keepdims", 1)}))
        .part(1, node("ConstantOfShape", {"all"}, {"y"}))
        .text(2, "g")
        .part(11, value("x", {}))
        .part(12, Message().text(1, "y"));
    CHECK(type_of(read_bytes(model(g).bytes()), "y") == "f32[" + std::string(size) + "]");
  }
}

TEST_CASE("a body that runs for each element of a list knows the shape of each", "[onnx][loops]") {
  const Message inside = Message()
                             .part(1, node("MatMul", {"part", "w"}, {"z"}, "product"))
                             .text(2, "body")
                             .part(11, Message().text(1, "part"))
                             .part(12, Message().text(1, "z"));
  const auto mapped = [&](std::int64_t rows) {
    Message g;
    g.part(1, node("SplitToSequence", {"x", "two"}, {"parts"}, "split", {integer("axis", 0)}))
        .part(1, node("SequenceMap", {"parts"}, {"products"}, "map", {graph_attribute("body", inside)}))
        .part(1, node("ConcatFromSequence", {"products"}, {"y"}, "join", {integer("axis", 0)}))
        .text(2, "g")
        .part(5, tensor("w", {4, 3}))
        .part(5, whole("two", 2));
    return read_bytes(model(g.part(11, value("x", {rows, 4})).part(12, Message().text(1, "y"))).bytes());
  };
  const Graph uneven = mapped(5);  // 2, 2 and 1 rows
  CHECK(type_of(uneven, "y") == "f32[5,3]");
  for (const auto& [name, rows] : {std::pair{"map/0/product", 2}, {"map/1/product", 2}, {"map/2/product", 1}})
    CHECK(work(uneven, node_named(uneven, name)).value().macs.value ==
          static_cast<std::uint64_t>(rows) * 4 * 3);
  const Graph even = mapped(6);
  CHECK(type_of(even, "y") == "f32[6,3]");
  CHECK(even.attrs<LoopAttrs>(node_named(even, "map")).trips == 3);
}

TEST_CASE("the length of a list that is known is known", "[onnx]") {
  Message g;
  g.part(1, node("SequenceConstruct", {"x", "x", "x"}, {"list"}))
      .part(1, node("SequenceLength", {"list"}, {"length"}))
      .part(1, node("Reshape", {"length", "one"}, {"sizes"}))
      .part(1, node("ConstantOfShape", {"sizes"}, {"y"}))
      .text(2, "g")
      .part(5, whole("one", 1, {1}))
      .part(11, value("x", {2, 4}))
      .part(12, Message().text(1, "y"));
  CHECK(type_of(read_bytes(model(g).bytes()), "y") == "f32[3]");
}

TEST_CASE("a scan over operands of different lengths is refused with both", "[onnx]") {
  const auto scanned = [](std::int64_t rows) {
    Message inside;
    inside.part(1, node("Add", {"a", "b"}, {"s"}, "sum")).text(2, "body");
    inside.part(11, Message().text(1, "a")).part(11, Message().text(1, "b")).part(12, Message().text(1, "s"));
    Message g;
    g.part(1, node("Scan", {"x", "z"}, {"y"}, "scan",
                   {integer("num_scan_inputs", 2), graph_attribute("body", inside)}));
    g.text(2, "g").part(11, value("x", {2, 4})).part(11, value("z", {rows, 4}));
    return model(g.part(12, Message().text(1, "y")));
  };
  const auto same = read_bytes(scanned(2).bytes());
  CHECK(to_text(same, same.type_id(same.outputs()[0])) == "f32[2,4]");
  CHECK_THAT(
      failure(scanned(3)),
      Catch::Contains("operand 1 is cut into 2 rows and operand 2 into 3; a scan takes one row of each"));
}
