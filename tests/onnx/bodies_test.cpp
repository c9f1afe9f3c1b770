// Operators that ONNX defines by a body: what a node leaves out is what the operator's schema says.
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

TEST_CASE("an attribute that a node leaves out has its default in the operator's body", "[onnx]") {
  // ONNX: align_corners of AffineGrid is 0 by default; of theta [N, 2, 3] and a size [N, C, H, W] it makes
  // [N, H, W, 2].
  Message g;
  g.part(1, node("AffineGrid", {"theta", "size"}, {"grid"})).text(2, "g");
  g.part(5, tensor("size", {4}, 7).number(7, 2).number(7, 3).number(7, 4).number(7, 5));
  g.part(11, value("theta", {2, 2, 3})).part(12, Message().text(1, "grid"));
  const auto graph = read_bytes(model(g, 20).bytes());
  CHECK(to_text(graph, graph.type_id(graph.outputs()[0])) == "f32[2,4,5,2]");
}

TEST_CASE("a grid of a batch of one is read, too", "[onnx]") {
  // ONNX's own body squeezes every dimension of size 1; onnxruntime makes [1, H, W, 2].
  for (const std::int64_t height : {1, 4}) {
    Message g;
    g.part(1, node("AffineGrid", {"theta", "size"}, {"grid"})).text(2, "g");
    g.part(5, tensor("size", {4}, 7)
                  .number(7, 1)
                  .number(7, 3)
                  .number(7, static_cast<std::uint64_t>(height))
                  .number(7, 5));
    g.part(11, value("theta", {1, 2, 3})).part(12, Message().text(1, "grid"));
    const auto graph = read_bytes(model(g, 20).bytes());
    CHECK(to_text(graph, graph.type_id(graph.outputs()[0])) == "f32[1," + std::to_string(height) + ",5,2]");
  }
}
