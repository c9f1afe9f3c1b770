#include <fstream>

#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

Message relu(std::string_view from, std::string_view to, std::string_view name = {}) {
  return node("Relu", {from}, {to}, name);
}
Message conv(std::initializer_list<Message> attributes) {
  return model(graph({node("Conv", {"x", "w"}, {"y"}, "c", attributes)}, {tensor("w", {4, 3, 3, 3})}));
}

}  // namespace

TEST_CASE("what is no ONNX file is named for what it is", "[onnx][bad]") {
  CHECK(failure(std::string()) ==
        "error: the file is empty (0 bytes); expected an ONNX model\n  --> m.onnx\n  fix: export the model "
        "again, or check the download");
  CHECK(
      failure(std::string("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n")) ==
      "error: the file is a Git LFS pointer (sha256:4d7a2146), not the model it stands for\n  --> m.onnx\n  "
      "fix: git lfs pull");
  CHECK(failure(std::string("<!DOCTYPE html>\n<html></html>")) ==
        "error: the file is an HTML page; only binary ONNX is read\n  --> m.onnx\n  fix: check the download: "
        "the server answered with a page");
  CHECK(failure(std::string("{'irVersion': '8'}")) ==
        "error: the file is JSON; only binary ONNX is read\n  --> m.onnx\n  fix: onnx.save(model, path) "
        "writes the binary form");
  CHECK(failure(std::string("ir_version: 8\ngraph {\n}\n")) ==
        "error: the file is ONNX in protobuf's text form; only binary ONNX is read\n  --> m.onnx\n  fix: "
        "onnx.save(model, path) writes the binary form");
  CHECK(
      failure(std::string(
          "<ir_version: 8, opset_import: ['' : 18]>\nagraph (float[N] x) => (float[N] y) { y = Relu(x) }")) ==
      "error: the file is ONNX in its text form; only binary ONNX is read\n  --> m.onnx\n  fix: "
      "onnx.save(model, path) writes the binary form");
}

TEST_CASE("recognised by the first bytes and the name", "[onnx]") {
  const OnnxFrontend f;
  const std::string head = model(graph({relu("x", "y")})).bytes();
  CHECK(f.recognises("m.onnx", head) == Recognition::yes);
  CHECK(f.recognises("m.bin", head) == Recognition::maybe);
  CHECK(f.recognises("m.onnx", "junk") == Recognition::maybe);
  CHECK(f.recognises("m.pt", "PK\x03\x04") == Recognition::no);
}

TEST_CASE("a file cut short is refused at every byte", "[onnx][bad]") {
  const std::string whole = contents(kCases + "movement.onnx");
  REQUIRE(whole.size() > 2000);
  REQUIRE(OnnxFrontend::read_bytes(whole, request()));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO("first " << size << " bytes");
    const auto graph = OnnxFrontend::read_bytes(std::string_view(whole).substr(0, size), request());
    REQUIRE_FALSE(graph);
    CHECK(graph.error().fault == Fault::model);
    CHECK_FALSE(graph.error().what.empty());
  }
  CHECK(failure(whole.substr(0, 1000)) ==
        "error: the file is damaged or cut short: field 7 of ModelProto says " +
            std::to_string(whole.size() - 18) +
            " bytes and 988 are left\n  --> m.onnx: byte 12 of 1000\n"
            "  fix: get the file again, or export the model again");
}

TEST_CASE("a message that ends within a field says which", "[onnx][bad]") {
  const std::string bytes = Message()
                                .number(1, 8)
                                .part(7, Message().text(1, std::string("\x0a\x7f"
                                                                       "abc",
                                                                       5)))
                                .part(8, opset(18))
                                .bytes();
  CHECK(failure(bytes) ==
        "error: the file is damaged or cut short: field 1 of NodeProto says 127 bytes and 3 are left\n  --> "
        "m.onnx: byte 8 of " +
            std::to_string(bytes.size()) + "\n  fix: get the file again, or export the model again");
}

TEST_CASE("a model without its parts", "[onnx][bad]") {
  CHECK(failure(Message().number(1, 8).part(8, opset(18))) ==
        "error: the file holds no graph (field 7 of ModelProto)\n  --> m.onnx");
  CHECK(failure(Message().number(1, 8).part(7, graph({relu("x", "y")}))) ==
        "error: the model says no opset_import, so its operators have no version\n  --> m.onnx\n  fix: "
        "export the model again");
  CHECK(failure(
            Message().number(1, 8).part(7, graph({relu("x", "y")})).part(8, opset(18)).part(8, opset(13))) ==
        "error: the domain 'ai.onnx' is imported twice, with versions 18 and 13\n  --> m.onnx");
}

TEST_CASE("names that are made twice, never, or in a circle", "[onnx][bad]") {
  CHECK(failure(model(graph({relu("x", "y", "a"), relu("x", "y", "b")}))) ==
        "error: the value 'y' has two producers: node 'a' (Relu) and node 'b' (Relu)\n  --> m.onnx");
  CHECK(failure(model(graph({relu("x", "w", "a"), relu("w", "y")}, {tensor("w", {1})}))) ==
        "error: the value 'w' is an initializer and is made again by node 'a' (Relu)\n  --> m.onnx");
  CHECK(failure(model(graph({relu("x", "y")}, {tensor("w", {1}), tensor("w", {2})}))) ==
        "error: two initializers of one graph are named 'w'\n  --> m.onnx");
  CHECK(failure(model(graph({node("Add", {"x", "nowhere"}, {"y"}, "sum")}))) ==
        "error: 1 operand is made by no node, input or initializer: 'nowhere' of node 'sum' (Add)\n  --> "
        "m.onnx");
  CHECK(failure(model(graph({relu("x", "z")}))) ==
        "error: the graph output 'y' is made by no node, input or initializer\n  --> m.onnx");
  const auto cycle =
      graph({node("Add", {"x", "c"}, {"a"}, "one"), relu("a", "b", "two"), relu("b", "c", "three"),
             node("Add", {"c", "e"}, {"d"}, "four"), relu("d", "e", "five"), relu("e", "y", "end")});
  CHECK(failure(model(cycle)) ==
        "error: the graph has a cycle: node 'four' (Add) -> node 'five' (Relu) -> node 'four' (Add)\n  --> "
        "m.onnx");
}

TEST_CASE("many dangling operands are listed up to ten", "[onnx][bad]") {
  Message g;
  for (int i = 0; i < 12; ++i) g.part(1, node("Relu", {"no" + std::to_string(i)}, {"y" + std::to_string(i)}));
  g.part(11, value("x", {1})).part(12, Message().text(1, "y0"));
  const std::string text = failure(model(g));
  CHECK(
      text.starts_with("error: 12 operands are made by no node, input or initializer: 'no0' of Relu node #0; "
                       "'no1' of Relu node #1; "));
  CHECK(text.ends_with("'no9' of Relu node #9; +2 more\n  --> m.onnx"));
}

TEST_CASE("nodes in any order are sorted, and the report says so", "[onnx]") {
  const Graph g = read_bytes(
      model(graph({relu("b", "y", "last"), relu("a", "b", "middle"), relu("x", "a", "first")})).bytes());
  CHECK(g.name(g.body()[0]) == "first");
  CHECK(g.name(g.body()[2]) == "last");
  CHECK(note(g, "unsorted-nodes") == "the nodes of the file are not in topological order; they were sorted");
}

TEST_CASE("nodes without names, or with one name, are told apart", "[onnx]") {
  const Graph g =
      read_bytes(model(graph({relu("x", "a"), relu("a", "b", "same"), relu("b", "y", "same")})).bytes());
  CHECK(g.name(NodeId(0)) == "Relu_0");
  CHECK(g.node_count() == 3);
}

TEST_CASE("attributes that make no sense", "[onnx][bad]") {
  CHECK(failure(conv({real("strides", 2)})) ==
        "error: the attribute 'strides' of Conv has another type than the list of integers that is "
        "expected\n  --> m.onnx: node 'c' (Conv)");
  CHECK(failure(conv({ints("strides", {2, -1})})) ==
        "error: strides holds -1, and at least 1 is possible\n  --> m.onnx: node 'c' (Conv)");
  CHECK(failure(conv({ints("dilations", {INT64_MIN, 1})})) ==
        "error: dilations holds -9223372036854775808, and at least 1 is possible\n  --> m.onnx: node 'c' "
        "(Conv)");
  CHECK(failure(conv({ints("kernel_shape", {3, 0})})) ==
        "error: kernel_shape holds 0, and at least 1 is possible\n  --> m.onnx: node 'c' (Conv)");
  CHECK(failure(conv({ints("pads", {1, 1})})) ==
        "error: pads has 2 entries for 2 spatial dimensions\n  --> m.onnx: node 'c' (Conv)");
  CHECK(failure(conv({integer("group", 0)})) ==
        "error: group is 0, and at least 1 is possible\n  --> m.onnx: node 'c' (Conv)");
  CHECK(failure(model(graph({node("MaxPool", {"x"}, {"y"}, "p")}))) ==
        "error: kernel_shape is missing\n  --> m.onnx: node 'p' (MaxPool)");
  CHECK(failure(model(graph({node("Transpose", {"x"}, {"y"}, "t", {ints("perm", {0, 1, 1, 2})})}))) ==
        "error: perm [0,1,1,2] is not a permutation of 4 dimensions\n  --> m.onnx: node 't' (Transpose)");
  CHECK(failure(model(graph({node("Softmax", {"x"}, {"y"}, "s", {integer("axis", 4)})}))) ==
        "error: the axis 4 is out of range for 4 dimensions\n  --> m.onnx: node 's' (Softmax)");
  CHECK(failure(model(graph({node("Conv", {"x"}, {"y"}, "c")}))) ==
        "error: Conv needs 2 operands and has 1\n  --> m.onnx: node 'c' (Conv)");
}

TEST_CASE("shapes that do not fit are told with both", "[onnx][bad]") {
  const std::string text =
      failure(model(graph({node("MatMul", {"x", "w"}, {"y"}, "m")}, {tensor("w", {5, 5})})));
  CHECK(text ==
        "error: the shapes do not fit: rows of 8 are multiplied by columns of 5: [1,3,8,8] times [5,5]\n"
        "  --> m.onnx: node 'm' (MatMul)");
}

TEST_CASE("stored tensors that cannot be", "[onnx][bad]") {
  const auto with = [](const Message& t) { return model(graph({relu("x", "y")}, {t})); };
  CHECK(failure(with(tensor("w", {4, -1}))) ==
        "error: a dimension of a stored tensor is -1; sizes are not negative\n  --> m.onnx: tensor 'w'");
  CHECK(failure(with(tensor("w", {4194305, 4194305, 211106198978564}))) ==
        "error: the element count of a stored tensor overflows 64 bits\n  --> m.onnx: tensor 'w'");
  CHECK(failure(with(tensor("w", {2, 2}).text(9, "12345678"))) ==
        "error: raw_data holds 8 bytes and its dimensions need 16\n  --> m.onnx: tensor 'w'");
  CHECK(failure(with(tensor("w", {1}).text(9, "1234").text(4, "1234"))) ==
        "error: a stored tensor holds its contents twice, as raw_data and as a typed list\n  --> m.onnx: "
        "tensor 'w'");
  Message deep = tensor("w", {});
  for (int i = 0; i < 65; ++i) deep.number(1, 1);
  CHECK(failure(with(deep)) == "error: a tensor has 65 dimensions, allowed 64\n  --> m.onnx: tensor 'w'");
  CHECK(OnnxFrontend::read_bytes(with(deep).bytes(), request()).error().fault == Fault::limit);
}

TEST_CASE("newer files are read with a warning", "[onnx]") {
  auto m = Message().number(1, 99).part(7, graph({relu("x", "y")})).part(8, opset(18)).text(50, "future");
  const Graph g = read_bytes(m.bytes());
  CHECK(note(g, "newer-ir-version") ==
        "the file has ir_version 99 and this program knows 14: what is new in it is not seen");
  CHECK(note(g, "unknown-fields") == "9 bytes in fields that ONNX does not define were skipped");
}

TEST_CASE("an unknown operator is kept, counted and bounded", "[onnx]") {
  const Graph g = read_bytes(model(graph({node("Flux", {"x"}, {"a"}, "f1", {}, "acme"),
                                          node("Flux", {"a"}, {"y"}, "f2", {}, "acme")}))
                                 .bytes());
  CHECK(g.op(NodeId(0)) == Op::opaque);
  CHECK(g.foreign(NodeId(0)) == "acme::Flux");
  CHECK(note(g, "opaque-operator") ==
        "acme::Flux has no counterpart here: 2 nodes are kept as opaque, with bounds in place of a cost");
}

TEST_CASE("unknown element types are unknown, and said so", "[onnx]") {
  const Graph g =
      read_bytes(model(graph({node("Add", {"x", "w"}, {"y"}, "a")}, {tensor("w", {8}, 99)})).bytes());
  CHECK(g.type(value_named(g, "w")).dtype == Dtype::unknown);
  CHECK(note(g, "unknown-element-type") == "element type 99 is not known; it stands in 1 type");
}

TEST_CASE("floats of 6 bits are packed, four in three bytes", "[onnx]") {
  const auto file = [](std::string_view raw) {
    Message weight = tensor("w", {8}, 27);
    return model(
        graph({node("Cast", {"w"}, {"y"}, "c", {Message().text(1, "to").number(3, 28).number(20, 2)})},
              {weight.text(9, raw)}));
  };
  const Graph g = read_bytes(file("123456").bytes());
  CHECK(to_text(g, g.type_id(value_named(g, "w"))) == "f6e2m3[8]");
  CHECK(to_text(g, g.type_id(value_named(g, "y"))) == "f6e3m2[8]");
  CHECK(g.type(value_named(g, "w")).size_bytes()->get() == 6);
  CHECK(failure(file("12345678")) ==
        "error: raw_data holds 8 bytes and its dimensions need 6\n  --> m.onnx: tensor 'w'");
}

TEST_CASE("names are kept as they are, control bytes too", "[onnx]") {
  const std::string odd("a\x1b[31m\0b", 7);
  const Graph g = read_bytes(model(graph({node("Relu", {"x"}, {"y"}, odd)})).bytes());
  CHECK(g.name(NodeId(0)) == odd);
}

TEST_CASE("input shapes for inputs that are not there", "[onnx][bad]") {
  auto r = request();
  r.input_shapes["imagex"] = {1};
  const std::string bytes = model(graph({relu("x", "y")})).bytes();
  CHECK(failure(bytes, r) == "error: the model has no input 'imagex'; its inputs are: x\n  --> m.onnx");
  r.input_shapes = {{"x", {1, 3}}};
  CHECK(failure(bytes, r) == "error: the input 'x' is f32[1,3,8,8] and was given 2 dimensions\n  --> m.onnx");
  CHECK(OnnxFrontend::read_bytes(bytes, r).error().fault == Fault::config);
}
