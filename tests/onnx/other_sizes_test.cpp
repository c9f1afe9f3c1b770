// Another batch for a file of fixed sizes: what the operators' own definitions make of it.
#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/work.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

Graph model_of(const Message& operation, std::initializer_list<std::int64_t> input) {
  Message g;
  g.part(1, operation).text(2, "g");
  g.part(5, tensor("row", {2}, 7).number(7, 1).number(7, static_cast<std::uint64_t>(-1)));
  g.part(5, tensor("rows", {2}, 7).number(7, 0).number(7, static_cast<std::uint64_t>(-1)));
  g.part(5, tensor("columns", {2}, 7).number(7, static_cast<std::uint64_t>(-1)).number(7, 4));
  g.part(5, tensor("fixed", {2}, 7).number(7, 6).number(7, 4));
  g.part(5, tensor("step", {}, 7).number(7, 4)).part(5, tensor("points", {}, 7).number(7, 4));
  return read_bytes(model(g.part(11, value("x", input)).part(12, Message().text(1, "y"))).bytes());
}
/// The result's type with 6 in the place of the first size; the note about scaling behind it.
std::string of_six(const Message& operation, std::initializer_list<std::int64_t> input) {
  auto other = infer::with_input_shapes(model_of(operation, input), {{"x", {6, -1, -1}}});
  INFO((other ? std::string() : to_text(other.error())));
  REQUIRE(other);
  const auto y = other->outputs()[0];
  return to_text(*other, other->type_id(y)) + (note(*other, "reshape-scaled").empty() ? "" : " scaled");
}

}  // namespace

// The shapes are those that ONNX Runtime 1.31 gives.
TEST_CASE("flatten keeps its axis at another batch", "[onnx]") {
  const auto flat = [](std::int64_t axis) {
    return node("Flatten", {"x"}, {"y"}, "f", {integer("axis", axis)});
  };
  for (const std::int64_t batch : {1, 2}) {
    CHECK(of_six(flat(0), {batch, 3, 4}) == "f32[1,72]");
    CHECK(of_six(flat(-3), {batch, 3, 4}) == "f32[1,72]");
    CHECK(of_six(flat(1), {batch, 3, 4}) == "f32[6,12]");
    CHECK(of_six(flat(2), {batch, 3, 4}) == "f32[18,4]");
    CHECK(of_six(flat(3), {batch, 3, 4}) == "f32[72,1]");
  }
}

TEST_CASE("windows of a signal follow the batch, and not its length", "[onnx]") {
  const auto transform = node("STFT", {"x", "step", "", "points"}, {"y"}, "s");
  CHECK(of_six(transform, {2, 16, 1}) == "f32[6,4,3,2]");
}

TEST_CASE("a target with a size that is left open is followed as it stands", "[onnx]") {
  const auto to = [](std::string_view target) { return node("Reshape", {"x", target}, {"y"}, "r"); };
  for (const std::int64_t batch : {1, 2}) {
    CHECK(of_six(to("row"), {batch, 3, 4}) == "f32[1,72]");
    CHECK(of_six(to("rows"), {batch, 3, 4}) == "f32[6,12]");
    CHECK(of_six(to("columns"), {batch, 3, 4}) == "f32[18,4]");
  }
  CHECK(of_six(to("fixed"), {2, 3, 4}) == "f32[18,4]");
}

// ONNX: SAME makes ceil(size / stride) places, whatever the window.
TEST_CASE("SAME padding makes as many places at every size that is decided later") {
  for (const std::int64_t kernel : {1, 2, 3, 5})
    for (const std::int64_t stride : {1, 2, 3}) {
      Message g;
      g.part(1, node("Conv", {"x", "w"}, {"y"}, "c",
                     {Message().text(1, "auto_pad").text(4, "SAME_UPPER").number(20, 3),
                      ints("strides", {stride})}))
          .text(2, "g");
      g.part(5, tensor("w", {4, 3, kernel}));
      Message shape;
      shape.part(1, Message().number(1, 1)).part(1, Message().number(1, 3)).part(1, Message().text(2, "h"));
      g.part(11, Message().text(1, "x").part(2, Message().part(1, Message().number(1, 1).part(2, shape))));
      g.part(12, Message().text(1, "y"));
      for (const std::int64_t size : {1, 2, 3, 7, 8, 9, 10}) {
        const auto bound = bind(read_bytes(model(g).bytes()), {{"h", size}});
        REQUIRE(bound);
        const auto places = (size + stride - 1) / stride;
        CHECK(to_text(*bound, bound->type_id(bound->outputs()[0])) ==
              "f32[1,4," + std::to_string(places) + "]");
        const auto counted = work(*bound, *bound->body().begin());
        REQUIRE(counted);
        CHECK(counted->macs.value == static_cast<std::uint64_t>(places * 4 * 3 * kernel));
        auto other = infer::with_input_shapes(read_bytes(model(g).bytes()), {{"x", {1, 3, size}}});
        INFO((other ? std::string() : to_text(other.error())));
        REQUIRE(other);
        CHECK(to_text(*other, other->type_id(other->outputs()[0])) ==
              "f32[1,4," + std::to_string(places) + "]");
      }
    }
}

namespace {

/// Of x [batch, 1, 4, 4] a node with a stored target.
std::string targeted(const Message& operation, std::int64_t batch, const std::vector<std::int64_t>& target) {
  Message g, stored = tensor("target", {static_cast<std::int64_t>(target.size())}, 7);
  for (const auto size : target) stored.number(7, static_cast<std::uint64_t>(size));
  g.part(1, operation).text(2, "g").part(5, stored);
  return model(g.part(11, value("x", {batch, 1, 4, 4})).part(12, Message().text(1, "y"))).bytes();
}
ReadRequest of_batch(std::int64_t batch) {
  ReadRequest asked = request();
  asked.input_shapes = {{"x", {batch, -1, -1, -1}}};
  return asked;
}
std::string type_of(const Graph& graph) { return to_text(graph, graph.type_id(graph.outputs()[0])); }

}  // namespace

TEST_CASE("the file's batch in front of a stored target is the one that is asked for", "[onnx]") {
  const auto resize = node("Resize", {"x", "", "", "target"}, {"y"}, "r");
  const auto expand = node("Expand", {"x", "target"}, {"y"}, "e");
  for (const std::int64_t batch : {1, 2, 3}) {
    for (const auto& [operation, target] : {std::pair{resize, std::vector<std::int64_t>{batch, 1, 8, 8}},
                                            std::pair{expand, std::vector<std::int64_t>{batch, 3, 4, 4}}}) {
      auto of_six = target;
      of_six[0] = 6;
      const auto asked = read_bytes(targeted(operation, batch, target), of_batch(6));
      CHECK(type_of(asked) == type_of(read_bytes(targeted(operation, 6, of_six))));
    }
  }
}

TEST_CASE("parts and targets that a file states for other sizes are named", "[onnx]") {
  const auto split = node("Split", {"x", "target"}, {"y", "z"}, "s", {integer("axis", 0)});
  CHECK(failure(targeted(split, 3, {1, 2}), of_batch(9))
            .find("its parts have 3 elements of 9, as 'target' says") != std::string::npos);
  const auto graph =
      infer::with_input_shapes(read_bytes(targeted(split, 3, {1, 2})), {{"x", {9, -1, -1, -1}}});
  REQUIRE_FALSE(graph);
  CHECK(graph.error().what ==
        "node 's' does not take the new sizes: its parts are [1,2] long, which is not 9 together");
  const auto equal =
      infer::with_input_shapes(read_bytes(targeted(split, 4, {2, 2})), {{"x", {6, -1, -1, -1}}});
  REQUIRE(equal);
  CHECK(type_of(*equal) == "f32[3,1,4,4]");
  const auto reshape = node("Reshape", {"x", "target"}, {"y"}, "r");
  CHECK(failure(targeted(reshape, 2, {5, 7}))
            .find("it turns f32[2,1,4,4] of 32 elements into f32[5,7] of 35, as 'target' says") !=
        std::string::npos);
}
