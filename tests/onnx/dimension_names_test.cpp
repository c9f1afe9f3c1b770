// Names of dimensions as ONNX files write them: hyphens join words, and formulas have differences.
#include "infer/dimension_names.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/symbols.hpp"

#include "alidade/ir/work.hpp"
#include "alidade/sdk/memory_model.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;
using onnx_file::with_names_quoted;

namespace {

/// An input or an output f32 whose dimensions have names.
Message named(std::string_view name, std::initializer_list<std::string_view> dims) {
  Message shape;
  for (const auto d : dims) shape.part(1, Message().text(2, d));
  return Message().text(1, name).part(2, Message().part(1, Message().number(1, 1).part(2, shape)));
}

/// y = relu(x) of an input with these dimensions.
std::string relu_of(std::initializer_list<std::string_view> dims) {
  const auto g = Message()
                     .part(1, node("Relu", {"x"}, {"y"}))
                     .text(2, "g")
                     .part(11, named("x", dims))
                     .part(12, Message().text(1, "y"));
  return model(g).bytes();
}

std::string output(const Graph& g) { return to_text(g, g.type_id(g.outputs()[0])); }

}  // namespace

TEST_CASE("words that hyphens join are one name, unless one of them names a dimension of an input",
          "[onnx]") {
  CHECK(with_names_quoted("batch-size", {"batch-size"}) == "'batch-size'");
  CHECK(with_names_quoted("batch-size", {"batch"}) == "batch-size");
  CHECK(with_names_quoted("past-seq-len", {}) == "'past-seq-len'");
  CHECK(with_names_quoted("image-0-height", {}) == "'image-0-height'");
  CHECK(with_names_quoted("floor(batch-size/2) + 1", {}) == "floor('batch-size'/2) + 1");
  CHECK(with_names_quoted("2*total-past", {"total", "past"}) == "2*total-past");
  CHECK(with_names_quoted("seq - 1", {}) == "seq - 1");
  CHECK(with_names_quoted("seq-1", {"seq"}) == "seq-1");
  CHECK(with_names_quoted("batch size-x", {}) == "batch size-x");  // no formula: a name as a whole
  CHECK(with_names_quoted("batch", {}) == "batch");
}

TEST_CASE("a dimension batch-size is bound by its name, and advised by it", "[onnx]") {
  const auto bytes = relu_of({"batch-size", "seq"});
  const Graph g = read_bytes(bytes);
  CHECK(g.free_symbols() == std::vector<std::string>{"batch-size", "seq"});
  CHECK(bind_flags(g, symbols_of(g).of_inputs) == "--bind batch-size=1 --bind seq=128");
  auto r = request();
  r.bindings = {{"batch-size", 4}};
  CHECK(output(read_bytes(bytes, r)) == "f32[4,seq]");
  CHECK(output(*alidade::bind(read_bytes(bytes), r.bindings)) == "f32[4,seq]");
  auto shaped = request();
  shaped.input_shapes[""] = {4, 7};
  CHECK(output(read_bytes(bytes, shaped)) == "f32[4,7]");
}

TEST_CASE("a difference of dimensions of inputs is a difference", "[onnx]") {
  const auto bytes = relu_of({"total", "past", "total-past"});
  auto r = request();
  r.bindings = {{"total", 9}, {"past", 4}};
  CHECK(output(read_bytes(bytes, r)) == "f32[9,4,5]");
}

TEST_CASE("an initial state of another shape than the layer needs is a sentence", "[onnx]") {
  // onnxruntime 1.31: "Input initial_h must have shape {1,3,5}. Actual:{1,2,5}"
  const auto made = [](std::string_view op, std::int64_t gates, std::int64_t rows) {
    Message g;
    g.part(1, node(op, {"x", "w", "r", "", "", "h"}, {"y"}, "layer", {integer("hidden_size", 5)}))
        .text(2, "g");
    g.part(5, tensor("w", {1, gates * 5, 4})).part(5, tensor("r", {1, gates * 5, 5}));
    g.part(11, value("x", {6, 3, 4})).part(11, value("h", {1, rows, 5})).part(12, Message().text(1, "y"));
    return model(g).bytes();
  };
  for (const auto& [op, gates] : {std::pair("GRU", 3), std::pair("LSTM", 4), std::pair("RNN", 1)}) {
    INFO(op);
    CHECK(output(read_bytes(made(op, gates, 3))) == "f32[6,1,3,5]");
    CHECK(failure(made(op, gates, 2))
              .find("the shapes do not fit: its initial state is f32[1,2,5], and its "
                    "other operands need f32[1,3,5]") != std::string::npos);
  }
}

TEST_CASE("results that a recurrent layer leaves out move no bytes", "[onnx]") {
  // x f32[3,2,3]: 3 steps of 2 rows; one cell of [1,2,4] is written, 32 bytes
  Message g;
  g.part(1, node("LSTM", {"x", "W", "R"}, {"", "", "c"}, "lstm", {integer("hidden_size", 4)}));
  g.text(2, "g").part(5, tensor("W", {1, 16, 3})).part(5, tensor("R", {1, 16, 4}));
  g.part(11, value("x", {3, 2, 3})).part(12, Message().text(1, "c"));
  const auto graph = read_bytes(model(g).bytes());
  const auto counted = work(graph, node_named(graph, "lstm")).value();
  CHECK(counted.bytes_known());
  CHECK(counted.output.value == 2 * 4 * 4);
  CHECK(counted.input.value == 3 * 2 * 3 * 4);
  CHECK(unsized_activations(graph).empty());
}
