// Loops and their trips, branches, calls, tuples and tokens.
#include "reading.hpp"

using namespace stablehlo_test;

namespace {

/// A loop that multiplies matrices of 4x4, 64 multiply-accumulates each, while a counter goes from `from` by
/// `by`.
std::string loop(const std::string& from, const std::string& by, const std::string& condition,
                 const std::string& step = "add %i, %by : tensor<i32>") {
  return function(
      "%x: tensor<4x4xf32>, %n: tensor<i32>",
      "  %from = stablehlo.constant dense<" + from + "> : tensor<i32>\n" +
          "  %0:2 = stablehlo.while(%i = %from, %m = %x) : tensor<i32>, tensor<4x4xf32>\n" +
          "  cond {\n    %to = stablehlo.constant dense<10> : tensor<i32>\n    %c = stablehlo.compare " +
          condition + " : (tensor<i32>, tensor<i32>) -> tensor<i1>\n" +
          "    stablehlo.return %c : tensor<i1>\n  } do {\n" + "    %by = stablehlo.constant dense<" + by +
          "> : tensor<i32>\n" + "    %next = stablehlo." + step + "\n" +
          "    %p = stablehlo.dot_general %m, %m, contracting_dims = [1] x [0] : (tensor<4x4xf32>, "
          "tensor<4x4xf32>) -> tensor<4x4xf32>\n" +
          "    stablehlo.return %next, %p : tensor<i32>, tensor<4x4xf32>\n  }",
      "%0#1", "tensor<4x4xf32>");
}

std::int64_t trips(const std::string& text) {
  const auto graph = graph_of(text);
  return graph.attrs<LoopAttrs>(only(graph, Op::loop)).trips;
}

/// The same by counting.
std::int64_t counted(std::int64_t from, std::int64_t by, auto&& holds) {
  std::int64_t n = 0;
  for (std::int64_t i = from; holds(i) && n < 1000; i += by) ++n;
  return n;
}

}  // namespace

TEST_CASE("a counter and a number that it is compared with decide the trips") {
  for (const std::int64_t from : {-3, 0, 1, 9, 10, 11})
    for (const std::int64_t by : {1, 2, 3, 7}) {
      const auto f = std::to_string(from), b = std::to_string(by);
      INFO(from << " by " << by);
      CHECK(trips(loop(f, b, "LT, %i, %to, SIGNED")) == counted(from, by, [](auto i) { return i < 10; }));
      CHECK(trips(loop(f, b, "LE, %i, %to")) == counted(from, by, [](auto i) { return i <= 10; }));
      CHECK(trips(loop(f, b, "GT, %to, %i")) == counted(from, by, [](auto i) { return 10 > i; }));
      CHECK(trips(loop(f, b, "GE, %to, %i")) == counted(from, by, [](auto i) { return 10 >= i; }));
    }
  for (const std::int64_t from : {5, 10, 11, 30})
    for (const std::int64_t by : {1, 4}) {
      const auto f = std::to_string(from), b = std::to_string(by), m = "-" + b;
      CHECK(trips(loop(f, m, "GT, %i, %to")) == counted(from, -by, [](auto i) { return i > 10; }));
      CHECK(trips(loop(f, b, "GE, %i, %to", "subtract %i, %by : tensor<i32>")) ==
            counted(from, -by, [](auto i) { return i >= 10; }));
    }
  CHECK(trips(loop("4", "2", "NE, %i, %to")) == 3);
}

TEST_CASE("trips that the data decide are not known") {
  CHECK(trips(loop("0", "1", "LT, %i, %n")) == -1);
  CHECK(trips(loop("0", "1", "LT, %i, %to", "add %i, %i : tensor<i32>")) == -1);
  CHECK(trips(loop("5", "2", "NE, %i, %to")) == -1);   // steps over it
  CHECK(trips(loop("0", "-1", "LT, %i, %to")) == -1);  // goes the other way
}

TEST_CASE("a body counts once for each trip") {
  CHECK(sums(graph_of(loop("0", "1", "LT, %i, %to"))).macs == 640);
}

namespace {

/// A scan as JAX writes it: rows of %x come in, what becomes of each goes into %y. `update` and `next` are
/// the last operators of the body and what it hands to the next trip for %y.
std::string scan(const std::string& update, const std::string& next) {
  return function("%x: tensor<100x16xf32>, %y0: tensor<100x16xf32>",
                  R"(  %from = stablehlo.constant dense<0> : tensor<i32>
  %0:3 = stablehlo.while(%i = %from, %xs = %x, %y = %y0) : tensor<i32>, tensor<100x16xf32>, tensor<100x16xf32>
  cond {
    %to = stablehlo.constant dense<100> : tensor<i32>
    %c = stablehlo.compare LT, %i, %to : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %row = stablehlo.dynamic_slice %xs, %i, %zero, sizes = [1, 16] : (tensor<100x16xf32>, tensor<i32>, tensor<i32>) -> tensor<1x16xf32>
    %done = stablehlo.tanh %row : tensor<1x16xf32>
)" + update +
                      R"(
    %by = stablehlo.constant dense<1> : tensor<i32>
    %next = stablehlo.add %i, %by : tensor<i32>
    stablehlo.return %next, %xs, )" +
                      next + " : tensor<i32>, tensor<100x16xf32>, tensor<100x16xf32>\n  }",
                  "%0#2", "tensor<100x16xf32>");
}
std::string put(const std::string& into, const std::string& made) {
  return "    " + made + " = stablehlo.dynamic_update_slice " + into +
         ", %done, %i, %zero : (tensor<100x16xf32>, tensor<1x16xf32>, tensor<i32>, tensor<i32>) -> "
         "tensor<100x16xf32>\n";
}
const std::string kReadsWhole = "    %sum = stablehlo.add %t, %y : tensor<100x16xf32>";

/// The bytes that every update of a graph moves: the row and where it belongs are 64 + 4 to read.
std::vector<std::pair<std::uint64_t, std::uint64_t>> updates(const Graph& graph) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
  for (const NodeId n : nodes_of(graph, Op::scatter)) {
    const auto w = work(graph, n);
    REQUIRE(w);
    out.emplace_back(w->input.value, w->output.value);
  }
  return out;
}

}  // namespace

TEST_CASE("a scan touches one row in a trip, of what it reads and of what it stacks") {
  using Moved = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  const auto graph = graph_of(scan(put("%y", "%t"), "%t"));
  CHECK(updates(graph) == Moved{{68, 64}});
  const auto read = work(graph, only(graph, Op::tanh));
  REQUIRE(read);
  CHECK(read->input.value == 64);
  CHECK(updates(graph_of(scan(put("%y", "%s") + put("%s", "%t"), "%t"))) == Moved{{68, 64}, {68, 64}});
}

TEST_CASE("an update of what somebody reads later, or what is not handed on, is a copy") {
  using Moved = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  const Moved copy{{6400 + 68, 6400}};
  CHECK(updates(graph_of(scan(put("%y", "%t") + kReadsWhole, "%t"))) == copy);
  CHECK(updates(graph_of(scan(put("%y", "%t") + kReadsWhole, "%sum"))) == copy);
  CHECK(updates(graph_of(scan(put("%xs", "%t"), "%t"))) == copy);  // %xs goes to the next trip as it was
}

TEST_CASE("a condition of two parts has at most the trips that one of them allows") {
  const auto graph = graph_of(function("%x: tensor<f32>",
                                       R"(  %from = stablehlo.constant dense<0> : tensor<i32>
  %0:2 = stablehlo.while(%i = %from, %y = %x) : tensor<i32>, tensor<f32>
  cond {
    %to = stablehlo.constant dense<6> : tensor<i32>
    %a = stablehlo.compare LT, %i, %to : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %b = stablehlo.compare LT, %y, %x : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %c = stablehlo.and %a, %b : tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %j = stablehlo.add %i, %one : tensor<i32>
    %z = stablehlo.sine %y : tensor<f32>
    stablehlo.return %j, %z : tensor<i32>, tensor<f32>
  })",
                                       "%0#1", "tensor<f32>"));
  const auto& a = graph.attrs<LoopAttrs>(only(graph, Op::loop));
  CHECK(a.trips == -1);
  CHECK(a.least == 0);
  CHECK(a.most == 6);
}

TEST_CASE("an if has two regions, a case one choice after the other, and a known choice none") {
  const std::string branches = R"(({
    %a = stablehlo.sine %x : tensor<4xf32>
    stablehlo.return %a : tensor<4xf32>
  }, {
    %a = stablehlo.exponential %x : tensor<4xf32>
    stablehlo.return %a : tensor<4xf32>
  }, {
    stablehlo.return %x : tensor<4xf32>
  }))";
  const auto chosen = [&](const std::string& index) {
    return graph_of(function("%x: tensor<4xf32>, %i: tensor<i32>",
                             "  %k = stablehlo.constant dense<" + index + "> : tensor<i32>\n" +
                                 "  %0 = \"stablehlo.case\"(" + (index == "9" ? "%i" : "%k") + ") " +
                                 branches + " : (tensor<i32>) -> tensor<4xf32>",
                             "%0", "tensor<4xf32>"));
  };
  const auto open = chosen("9");
  CHECK(nodes_of(open, Op::if_else).size() == 2);
  CHECK(nodes_of(open, Op::trig).size() == 1);
  CHECK(nodes_of(open, Op::exp).size() == 1);
  CHECK(nodes_of(chosen("0"), Op::if_else).empty());
  CHECK(nodes_of(chosen("1"), Op::exp).size() == 1);
  CHECK(chosen("2").node_count() == 0);
  CHECK(chosen("-1").node_count() == 0);  // what is out of range takes the last
}

TEST_CASE("functions are read in the place of their calls, each time") {
  const auto graph = graph_of(R"(
module @net {
  func.func public @main(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = call @twice(%x) : (tensor<8xf32>) -> tensor<8xf32>
    %1 = func.call @twice(%0) : (tensor<8xf32>) -> tensor<8xf32>
    return %1 : tensor<8xf32>
  }
  func.func private @twice(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = stablehlo.add %x, %x : tensor<8xf32>
    return %0 : tensor<8xf32>
  }
})");
  CHECK(graph.name() == "net");
  const auto adds = nodes_of(graph, Op::add);
  REQUIRE(adds.size() == 2);
  CHECK(graph.name(adds[0]) == "twice.0/add.0");
  CHECK(graph.name(adds[1]) == "twice.1/add.0");
}

TEST_CASE("a composite is what its name says, or what it is made of") {
  const std::string text = R"(
func.func @main(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = stablehlo.composite "NAME" %x {composite_attributes = {}, decomposition = @made, version = 1 : i32} : (tensor<8x16xf32>) -> tensor<8x16xf32>
  return %0 : tensor<8x16xf32>
}
func.func private @made(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = stablehlo.sine %x : tensor<8x16xf32>
  %1 = stablehlo.multiply %0, %x : tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
})";
  auto named = [&](std::string name) {
    auto whole = text;
    return graph_of(whole.replace(whole.find("NAME"), 4, name));
  };
  CHECK(named("chlo.erf").op(NodeId(0)) == Op::erf);
  CHECK(nodes_of(named("acme.swirl"), Op::mul).size() == 1);
}

TEST_CASE("tuples, barriers and tokens are no work") {
  const auto graph = graph_of(function("%x: tensor<4xf32>, %y: tensor<2xi32>",
                                       R"(  %t = stablehlo.create_token : !stablehlo.token
  %u = stablehlo.after_all %t, %t : !stablehlo.token
  %0 = stablehlo.tuple %x, %y : tuple<tensor<4xf32>, tensor<2xi32>>
  %1 = stablehlo.get_tuple_element %0[0] : (tuple<tensor<4xf32>, tensor<2xi32>>) -> tensor<4xf32>
  %2:2 = stablehlo.optimization_barrier %1, %y : tensor<4xf32>, tensor<2xi32>)",
                                       "%2#0", "tensor<4xf32>"));
  CHECK(graph.node_count() == 0);
  CHECK(graph.outputs()[0] == graph.inputs()[0]);
}
