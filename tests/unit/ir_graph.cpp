#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/builder.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/ir/wire.hpp"

using namespace alidade;

namespace {

TypeId f32(GraphBuilder& b) { return b.type(Dtype::f32, std::vector<Dim>{Dim(4)}); }

Graph sample() {
  return parse(R"(graph "s" {
    input %c : bool[]
    input %x : f32[n,4]
    parameter %w : f32[4,4]
    %y = linear(%x, %w) : f32[n,4] in "a.b"
    %z = if(%c) : f32[n,4] { %p = relu(%y) : f32[n,4] yield %p } { yield %x }
    %s = slice(%z) {axes=[0], starts=[0], ends=[1], steps=[1]} : f32["n - 1",4]
    return %s
  })")
      .value();
}

/// The head of wire bytes, with the size of the body and what its words come to, and the body.
std::string sealed(std::string bytes, std::string_view body) {
  constexpr std::uint64_t kPrime = 1099511628211ull;
  std::uint64_t sum = 14695981039346656037ull, word = 0;
  for (std::size_t i = 0; i < body.size(); i += i + 8 <= body.size() ? 8 : 1)
    if (i + 8 <= body.size()) {
      std::memcpy(&word, body.data() + i, 8);
      sum = (sum ^ word) * kPrime, sum ^= sum >> 29;
    } else {
      sum = (sum ^ static_cast<unsigned char>(body[i])) * kPrime;
    }
  for (const std::uint64_t n : {std::uint64_t{body.size()}, sum})
    bytes.append(reinterpret_cast<const char*>(&n), sizeof n);
  return bytes.append(body);
}

}  // namespace

TEST_CASE("nodes added in any order are sorted, in order they are left alone") {
  GraphBuilder b;
  const auto t = f32(b);
  const ValueId x = b.value(ValueKind::input, "x", t);
  const NodeId last = b.node(Op::relu, "last", "", std::vector{x});
  const ValueId y = b.result("y", t);
  const NodeId first = b.node(Op::relu, "first", "", std::vector{x});
  const ValueId a = b.result("a", t);
  (void)last, (void)first, (void)a;
  b.output(y);
  const auto kept = b.finish().value();
  CHECK(kept.name(kept.body()[0]) == "last");

  GraphBuilder c;
  const auto u = f32(c);
  const ValueId in = c.value(ValueKind::input, "x", u);
  // "second" uses what "first" makes, and is added before it: outputs have ids, so it can name them in
  // advance.
  const ValueId ahead(2);
  c.node(Op::relu, "second", "", std::vector{ahead});
  const ValueId out = c.result("z", u);
  c.node(Op::relu, "first", "", std::vector{in});
  REQUIRE(c.result("y", u) == ahead);
  c.output(out);
  const auto sorted = c.finish().value();
  CHECK(sorted.name(sorted.body()[0]) == "first");
  CHECK(sorted.name(sorted.body()[1]) == "second");
}

TEST_CASE("a cycle is named") {
  GraphBuilder b;
  const auto t = f32(b);
  b.node(Op::relu, "one", "", std::vector{ValueId(1)});
  b.result("a", t);
  b.node(Op::relu, "two", "", std::vector{ValueId(0)});
  b.result("b", t);
  const auto g = b.finish();
  REQUIRE(!g);
  CHECK(g.error().what == "the graph has a cycle: 'two' -> 'one' -> 'two'");
}

TEST_CASE("a value cannot leave its region except by yield") {
  GraphBuilder b;
  const auto t = f32(b);
  const ValueId x = b.value(ValueKind::input, "x", t);
  const NodeId branch = b.node(Op::if_else, "if", "", std::vector{x});
  b.begin_region(branch);
  b.node(Op::relu, "inner", "", std::vector{x});
  const ValueId inner = b.result("inner", t);
  b.end_region({});
  b.node(Op::relu, "outer", "", std::vector{inner});
  b.output(b.result("y", t));
  const auto g = b.finish();
  REQUIRE(!g);
  CHECK(g.error().what == "a value is used outside the region that makes it");
}

TEST_CASE("binding turns symbolic dimensions into numbers") {
  const auto g = bind(sample(), {{"n", 8}}).value();
  CHECK(g.free_symbols().empty());
  CHECK(g.type(g.inputs()[1]).dim(0) == 8);
  CHECK(g.type(g.outputs()[0]).dim(0) == 7);
  const auto negative = bind(sample(), {{"n", 0}});
  REQUIRE(!negative);
  CHECK(negative.error().what == "the dimension 'n - 1' would be -1, and sizes are not negative");
}

TEST_CASE("a dimension whose text is no formula is a name of its own") {
  auto g = parse("graph \"t\" {\n input %x : f32[\"batch size\",\"2*(h\",n]\n return %x\n}").value();
  CHECK(g.free_symbols() == std::vector<std::string>{"2*(h", "batch size", "n"});
  const auto bound = bind(std::move(g), {{"batch size", 8}, {"n", 2}}).value();
  CHECK(bound.type(bound.inputs()[0]).dim(0) == 8);
  CHECK(bound.free_symbols() == std::vector<std::string>{"2*(h"});
}

TEST_CASE("a graph survives the wire") {
  const auto g = sample();
  const auto back = from_wire(to_wire(g));
  REQUIRE(back);
  CHECK(to_text(*back) == to_text(g));
  CHECK(to_wire(*back) == to_wire(g));
}

TEST_CASE("results of a node that are added later are a mistake of its plugin") {
  GraphBuilder b;
  const auto t = f32(b);
  b.node(Op::relu, "relu", "", std::vector{b.value(ValueKind::input, "x", t)});
  b.result("y", t);
  b.value(ValueKind::input, "z", t);
  b.result("late", t);
  const auto g = b.finish();
  REQUIRE(!g);
  CHECK(g.error().what == "the graph was built wrongly: results of a node must be added at once");
}

TEST_CASE("what is wrong with wire bytes is told") {
  const auto why = [](const std::string& bytes) {
    const auto g = from_wire(bytes);
    REQUIRE(!g);
    const std::string head = "the graph that was handed over cannot be read: ";
    CHECK(g.error().what.starts_with(head));
    return g.error().what.substr(head.size());
  };
  const auto wire = to_wire(sample());
  CHECK(why(wire.substr(0, 23)) == "no header");
  CHECK(why(wire.substr(0, wire.size() - 1)) == "it is cut short");
  auto damaged = wire;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK(why(damaged) == "its bytes were damaged");
  // what only a writer with other arrays makes
  CHECK(why(sealed(wire.substr(0, 8), wire.substr(24) + std::string(8, '\0'))) ==
        "its arrays do not fill it");
  CHECK(why(sealed(wire.substr(0, 8), wire.substr(24, wire.size() - 32))) == "its arrays do not fill it");
}

TEST_CASE("damaged wire bytes are refused at every length and place") {
  const auto wire = to_wire(sample());
  for (std::size_t n = 0; n < wire.size(); ++n) CHECK_FALSE(from_wire(wire.substr(0, n)).has_value());
  for (std::size_t i = 0; i < wire.size(); ++i) {
    auto bytes = wire;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x41);
    CHECK_FALSE(from_wire(bytes).has_value());
  }
}

TEST_CASE("arrays from a hostile writer are adopted only when every index in them is good") {
  std::mt19937 random(7);
  const auto g = sample();
  int refused = 0, taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto arrays = std::make_unique<GraphArrays>(g.arrays());
    // One 32-bit word of one array is replaced, as a writer with a bug or a grudge would.
    std::vector<std::span<std::byte>> all;
    GraphArrays::each(*arrays, [&](auto& rows) {
      if (rows.size() * sizeof(rows[0]) >= 4) all.push_back(std::as_writable_bytes(std::span(rows)));
    });
    const auto array = all[random() % all.size()];
    const auto at = (random() % (array.size() / 4)) * 4;
    const std::uint32_t word = round % 3 == 0   ? random() % 16
                               : round % 3 == 1 ? 0xffffffffu - random() % 3
                                                : random();
    std::memcpy(array.data() + at, &word, 4);
    if (const auto adopted = Graph::adopt(std::move(arrays))) {
      ++taken;
      CHECK(to_text(*adopted).size() < 100'000);  // every accessor is exercised: the sanitizers watch
      (void)verify(*adopted);
    } else {
      ++refused;
    }
  }
  CHECK(refused > 1000);
  CHECK(taken > 1000);
}

TEST_CASE("elements and bytes are exact, rounded up below a byte, and say when they do not fit") {
  const auto g = parse(R"(graph "t" {
    input %a : i4[3,3]
    input %b : f32[4194305,4194305,211106198978564]
    input %c : f32[0,3,4611686018427387904]
    input %d : c64[2]
    return %a })")
                     .value();
  const auto type = [&](std::size_t i) { return g.type(g.inputs()[i]); };
  CHECK(type(0).size_bytes()->get() == 5);
  CHECK_FALSE(type(1).elements()->fits());
  CHECK(type(2).elements()->get() == 0);
  CHECK(type(3).size_bytes()->get() == 16);
}

TEST_CASE("verify finds what does not fit together") {
  const auto problem = [](std::string_view body) {
    const auto v = verify(parse("graph \"v\" {" + std::string(body) + "}").value());
    return v ? std::string("ok") : v.error().what + " @ " + v.error().where;
  };
  CHECK(
      problem(
          "input %x : f32[1,3,8,8] parameter %w : f32[4,2,3,3] %y = conv(%x,%w) : f32[1,4,6,6] return %y") ==
      "its input has 3 channels, and its weight takes 2 x 1 groups @ node 'y' (conv)");
  CHECK(problem("input %x : f32[2,3] input %z : f32[4,5] %y = matmul(%x,%z) : f32[2,5] return %y") ==
        "the inner dimensions of f32[2,3] and f32[4,5] differ: 3 and 4 @ node 'y' (matmul)");
  CHECK(problem("input %x : f32[2,3] %y = add(%x) : f32[2,3] return %y") ==
        "it needs at least 2 operands and has 1 @ node 'y' (add)");
  CHECK(problem("input %x : f32[2,3] %y = reshape(%x) : f32[7] return %y") ==
        "it turns f32[2,3] into f32[7], which has another number of elements @ node 'y' (reshape)");
  CHECK(problem("input %x : f32[2,3] %y = transpose(%x) {perm=[0,0]} : f32[3,2] return %y") ==
        "perm is not a permutation @ node 'y' (transpose)");
  CHECK(problem("input %x : f32[n,3] input %z : f32[3] %y = add(%x,%z) : f32[n,3] return %y") == "ok");
  CHECK(problem("input %x : f32[2,3] input %z : f32[4] %y = add(%x,%z) : f32[2,3] return %y") ==
        "its operand f32[4] does not broadcast to f32[2,3] @ node 'y' (add)");
  CHECK(
      problem("input %x : f32[1,3,8] parameter %w : f32[4,3,3,3] %y = conv(%x,%w) : f32[1,4,6] return %y") ==
      "its input f32[1,3,8] and weight f32[4,3,3,3] differ in rank @ node 'y' (conv)");
  CHECK(problem("input %x : f32[2,3] %y = softmax(%x) {axes=[1]} : f32[2,3,1] return %y") ==
        "its input f32[2,3] and result f32[2,3,1] differ in rank @ node 'y' (softmax)");
  CHECK(problem("input %x : f32[2,3] %y = softmax(%x) {axes=[1]} : f32[2,4] return %y") ==
        "its input f32[2,3] and result f32[2,4] differ in shape @ node 'y' (softmax)");
  CHECK(problem("input %x : f32[2] %y = concat(%x,%x) {axes=[]} : f32[4] return %y") ==
        "it needs exactly one axis @ node 'y' (concat)");
  // 2^33 * 2^31 and 4 * 2^62 wrap to 0 in 64 bits
  CHECK(problem("input %x : f32[1,0,8,8] parameter %w : f32[4,8589934592,3,3] "
                "%y = conv(%x,%w) {groups=2147483648} : f32[1,4,6,6] return %y") ==
        "its input has 0 channels, and its weight takes 8589934592 x 2147483648 groups @ node 'y' (conv)");
  CHECK(problem("input %x : i4[4611686018427387904] %y = concat(%x,%x,%x,%x) {axes=[0]} : i4[0] return %y") ==
        "its operands add up to more than 63 bits along axis 0 @ node 'y' (concat)");
}
