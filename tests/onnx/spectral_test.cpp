// Short-time transforms: windows x real transforms of their points, counted by hand.
#include "alidade/ir/work.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

constexpr int kI64 = 7;
constexpr std::uint64_t kWindows = 2 * 30;                 // (528 - 64) / 16 + 1 of each of two signals
constexpr std::uint64_t kComplex = kWindows * 5 * 64 * 6;  // 5 n log2 n

Message scalar(std::string_view name, std::int64_t n) {
  return tensor(name, {}, kI64).number(7, static_cast<std::uint64_t>(n));
}
Graph transformed(std::initializer_list<std::int64_t> signal, Names operands, std::int64_t onesided = 1) {
  Message g;
  g.part(1, node("STFT", operands, {"y"}, "s", {integer("onesided", onesided)})).text(2, "g");
  g.part(5, scalar("step", 16)).part(5, scalar("points", 64)).part(5, tensor("window", {64}));
  return read_bytes(model(g.part(11, value("x", signal)).part(12, Message().text(1, "y")), 17).bytes());
}
std::uint64_t flops(const Graph& g) {
  std::uint64_t sum = 0;
  for (const NodeId n : g.nodes()) {
    const auto w = work(g, n);
    REQUIRE(w);
    CHECK(w->certainty == Certainty::exact);
    sum += w->flops.value;
  }
  return sum;
}
std::string made(const Graph& g) { return to_text(g, g.type_id(value_named(g, "y"))); }

}  // namespace

TEST_CASE("a short-time transform is one of real numbers for each window", "[onnx]") {
  const Graph g = transformed({2, 528, 1}, {"x", "step", "", "points"});
  CHECK(made(g) == "f32[2,30,33,2]");
  CHECK(flops(g) == kComplex / 2);
  CHECK(flops(transformed({2, 528}, {"x", "step", "", "points"})) == kComplex / 2);
}

TEST_CASE("a window is a product for each point, and says how many there are", "[onnx]") {
  const auto windowed = kComplex / 2 + kWindows * 64;
  for (const Names operands : {Names{"x", "step", "window", "points"}, Names{"x", "step", "window"}})
    for (const auto signal : {std::initializer_list<std::int64_t>{2, 528, 1}, {2, 528}}) {
      const Graph g = transformed(signal, operands);
      CHECK(flops(g) == windowed);
      // the signal is read as it lies in memory, not window by window
      const auto w = work(g, node_named(g, "s/windowed")).value();
      CHECK(w.input == Bytes(2 * 528 * 4));
      CHECK(verify(g).has_value());
    }
}

TEST_CASE("both sides of a spectrum of real numbers cost as one", "[onnx]") {
  const Graph g = transformed({2, 528, 1}, {"x", "step", "", "points"}, 0);
  CHECK(made(g) == "f32[2,30,64,2]");
  CHECK(flops(g) == kComplex / 2);
}

TEST_CASE("windows of complex numbers are whole transforms", "[onnx]") {
  CHECK(flops(transformed({2, 528, 2}, {"x", "step", "", "points"}, 0)) == kComplex);
}

TEST_CASE("without a window and a length the signal is one", "[onnx]") {
  const Graph g = transformed({2, 64, 1}, {"x", "step"});
  CHECK(made(g) == "f32[2,1,33,2]");
  CHECK(flops(g) == kComplex / kWindows);
}

TEST_CASE("unique elements without an axis are sorted as one row", "[onnx]") {
  const auto unique = [](std::initializer_list<Message> attributes) {
    Message g;
    g.part(1, node("Unique", {"x"}, {"y"}, "u", attributes)).text(2, "g");
    return read_bytes(model(g.part(11, value("x", {1024, 2})).part(12, Message().text(1, "y"))).bytes());
  };
  CHECK(flops(unique({})) == 2048 * 11);
  CHECK(flops(unique({integer("axis", 0)})) == 2048 * 10);
  CHECK(flops(unique({integer("axis", 1)})) == 2048 * 1);
}
