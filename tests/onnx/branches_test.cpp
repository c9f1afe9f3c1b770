// Branches of an If that cannot run with the shapes that there are. onnxruntime takes the other one, or
// fails.
#include "alidade/ir/work.hpp"

#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

/// A graph without inputs that makes `result`.
Message branch(std::initializer_list<Message> nodes, std::string_view result) {
  Message g;
  for (const auto& n : nodes) g.part(1, n);
  return g.text(2, "b").part(12, Message().text(1, result));
}
Message either(std::string_view name, std::string_view result, const Message& yes, const Message& no) {
  return node("If", {"c"}, {result}, name,
              {graph_attribute("then_branch", yes), graph_attribute("else_branch", no)});
}
/// x f32[1,3,8,8] -> y; w fits x and v does not.
Message file(std::initializer_list<Message> nodes) {
  Message g;
  for (const auto& n : nodes) g.part(1, n);
  g.text(2, "g").part(5, tensor("w", {4, 3, 3, 3})).part(5, tensor("v", {4, 5, 3, 3}));
  return model(
      g.part(11, value("x", {1, 3, 8, 8})).part(11, value("c", {}, 9)).part(12, Message().text(1, "y")));
}

const Message kFits = branch({node("Conv", {"x", "w"}, {"t"}, "fits")}, "t");
const Message kWrong = branch({node("Conv", {"x", "v"}, {"e"}, "wrong"), node("Relu", {"e"}, {"f"})}, "f");
constexpr std::uint64_t kMacs = 4 * 3 * 9 * 6 * 6;

/// Of all nodes; nothing where a node has no exact figure.
std::optional<std::uint64_t> macs(const Graph& g) {
  std::uint64_t sum = 0;
  for (const auto n : g.nodes()) {
    const auto w = work(g, n).value();
    if (w.certainty != Certainty::exact) return std::nullopt;
    sum += w.macs.value;
  }
  return sum;
}
std::string why(std::string_view node) {
  return "node '" + std::string(node) +
         "' (Conv): the shapes do not fit: an operand of 3 channels meets a weight that takes 5";
}

}  // namespace

TEST_CASE("a branch that cannot run is not counted, and the other one is", "[onnx][branches]") {
  for (const bool first : {true, false}) {
    const Graph g = read_bytes(
        file({first ? either("if", "y", kFits, kWrong) : either("if", "y", kWrong, kFits)}).bytes());
    CHECK(to_text(g, g.type_id(g.outputs()[0])) == "f32[1,4,6,6]");
    CHECK(macs(g) == kMacs);
    CHECK(g.node_count() == 1);
    CHECK(note(g, "impossible-branch") ==
          "1 branch cannot run with these shapes, and is not counted: node 'if' (If), " +
              std::string(first ? "else_branch" : "then_branch") + ": " + why("wrong"));
    CHECK(note(g, "opaque-operator").empty());
    CHECK(verify(g).has_value());
    CHECK(g.kind(value_named(g, "v")) == ValueKind::parameter);  // stored all the same
  }
}

TEST_CASE("an if of which no branch can run is a failure", "[onnx][branches]") {
  CHECK(failure(file({either("if", "y", kWrong, kWrong)})) ==
        "error: neither branch can run: then_branch: " + why("wrong") + "; else_branch: " + why("wrong") +
            "\n  --> m.onnx: node 'if' (If)");
}

TEST_CASE("a branch cannot run if an if in it cannot", "[onnx][branches]") {
  const Message inner = branch({either("inner", "r", kWrong, kWrong)}, "r");
  const Graph g = read_bytes(file({either("if", "y", inner, kFits)}).bytes());
  CHECK(macs(g) == kMacs);
  CHECK(note(g, "impossible-branch") ==
        "1 branch cannot run with these shapes, and is not counted: node 'if' (If), then_branch: node "
        "'inner' (If): "
        "neither branch can run: then_branch: " +
            why("wrong") + "; else_branch: " + why("wrong"));
  const Message half = branch({either("inner", "r", kWrong, kFits)}, "r");
  const Graph both = read_bytes(file({either("if", "y", half, kFits)}).bytes());
  CHECK(both.node_count() == 3);  // the outer one may take either branch
  CHECK(note(both, "impossible-branch").starts_with("1 branch cannot run with these shapes"));
}

TEST_CASE("branches in branches that cannot run are read in bounded time", "[onnx][branches]") {
  Message inner = kFits;
  for (int depth = 0; depth < 30; ++depth) inner = branch({either("deep", "r", inner, kWrong)}, "r");
  auto few = request();
  few.max_nodes = 20'000;
  CHECK(failure(file({either("if", "y", inner, kWrong)}).bytes(), few)
            .starts_with("error: ifs of which one branch cannot run stand in one another too deep: more than "
                         "20,000 nodes "
                         "were read\n  --> m.onnx: node"));
}
