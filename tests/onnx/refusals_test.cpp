// Nodes of which no operator can be made, with the text that the user gets.
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

/// What is said of the node behind x f32[1,3,8,8], without the words that every row begins and ends with.
std::string said(const Message& n, std::initializer_list<Message> weights = {}, std::uint64_t version = 18) {
  const auto text = failure(model(graph({n}, weights), version).part(8, opset(1, "com.microsoft")));
  const auto end = text.find("\n  --> m.onnx: node 'n' (");
  INFO(text);
  REQUIRE(text.starts_with("error: "));
  REQUIRE(end != std::string::npos);
  return text.substr(7, end - 7);
}
Message one(std::string_view op, Names reads, std::initializer_list<Message> attributes = {},
            std::string_view domain = {}) {
  return node(op, reads, {"y"}, "n", attributes, domain);
}
Message word(std::string_view name, std::string_view text) {
  return Message().text(1, name).text(4, text).number(20, 3);
}
/// A graph of one node over its arguments, whose results these are.
Message inside(Names arguments, const Message& n, Names results) {
  Message g;
  g.part(1, n).text(2, "b");
  for (const auto a : arguments) g.part(11, Message().text(1, a));
  for (const auto r : results) g.part(12, Message().text(1, r));
  return g;
}
const Message kRelu = node("Relu", {"a"}, {"b"});

}  // namespace

TEST_CASE("products and layers without sizes that can be", "[onnx][bad]") {
  CHECK(said(one("Einsum", {"x"})) == "equation is missing");
  const auto w = tensor("w", {1, 16, 8}), r = tensor("r", {1, 16, 4}), rows = tensor("rows", {5, 1, 8});
  CHECK(said(one("LSTM", {"rows", "w", "r"}, {integer("hidden_size", -4)}), {w, r, rows}) ==
        "hidden_size is -4; sizes are not negative");
  CHECK(said(one("DynamicQuantizeLSTM", {"rows", "w", "r"}, {integer("hidden_size", -4)}, "com.microsoft"),
             {w, r, rows}) == "hidden_size is -4; sizes are not negative");
  CHECK(said(one("Attention", {"rows", "rows", "rows"},
                 {integer("q_num_heads", 0), integer("kv_num_heads", 2)}),
             {rows}, 23) == "0 query heads and 2 key heads; at least 1 is possible");
  CHECK(said(one("MatMulNBits", {"x", "q", "x"}, {integer("K", 0), integer("N", 4)}, "com.microsoft"),
             {tensor("q", {4, 1, 4}, 2)}) == "K is 0 and N is 4; both are at least 1");
}

TEST_CASE("views and slices that contradict themselves", "[onnx][bad]") {
  const auto slice = [](std::initializer_list<std::int64_t> starts,
                        std::initializer_list<std::int64_t> ends) {
    return said(one("Slice", {"x"}, {ints("starts", starts), ints("ends", ends)}), {}, 9);
  };
  CHECK(slice({0, 0}, {1}) == "starts has 2 entries and ends has 1");
  const auto number = [](std::string_view name, std::string_view low_byte) {
    return tensor(name, {1}, 7).text(9, std::string(low_byte) + std::string(7, '\0'));
  };
  CHECK(said(one("Slice", {"x", "from", "to", "axes", "steps"}),
             {number("from", "\1"), number("to", "\2"), number("axes", "\3"), number("steps", {"\0", 1})}) ==
        "a step is 0");
  CHECK(said(one("Reshape", {"x"}, {ints("shape", {1LL << 40, 1LL << 40})}), {}, 4) ==
        "the elements of its target do not fit 63 bits");
  CHECK(said(node("Split", {"x"}, {"y", "z"}, "n", {integer("axis", 3), ints("split", {-1, 9})}), {}, 11) ==
        "a part has -1 elements");
  CHECK(said(node("Split", {"x"}, {"y", "z"}, "n", {integer("axis", 3), integer("num_outputs", 1)})) ==
        "num_outputs is 1 of 2 outputs");
}

TEST_CASE("a split into nothing is read", "[onnx]") {
  for (const std::uint64_t version : {13, 18})
    for (const Names results : {Names{}, Names{""}})
      CHECK(read_bytes(
                model(graph({node("Split", {"x"}, results), node("Relu", {"x"}, {"y"})}), version).bytes())
                .node_count() == 2);
}

TEST_CASE("windows that no tensor has", "[onnx][bad]") {
  const auto w = tensor("w", {4, 3, 3, 3});
  const auto conv = [&](const Message& attribute) { return said(one("Conv", {"x", "w"}, {attribute}), {w}); };
  CHECK(conv(ints("pads", {0, 0, 1LL << 41, 0})) == "pads holds 2199023255552, which no tensor has");
  CHECK(conv(ints("pads", {-(1LL << 41), 0, 0, 0})) == "pads holds -2199023255552, which no tensor has");
  CHECK(conv(ints("strides", {1})) == "strides has 1 entries for 2 spatial dimensions");
  CHECK(said(one("ConvTranspose", {"x", "t"}, {ints("output_shape", {9})}), {tensor("t", {3, 4, 3, 3})}) ==
        "output_shape has 1 entries for 2 spatial dimensions");
  CHECK(said(one("GroupNormalization", {"x", "s", "s"}, {integer("num_groups", 0)}), {tensor("s", {3})},
             21) == "num_groups is 0, and at least 1 is possible");
  CHECK(conv(word("auto_pad", "SOME")) ==
        "auto_pad is 'SOME'; NOTSET, VALID, SAME_UPPER and SAME_LOWER are possible");
  CHECK(conv(ints("kernel_shape", {3, 5})) == "kernel_shape and the weight's own dimensions differ");
  const auto pool = [&](std::initializer_list<std::int64_t> kernel) {
    return said(one("MaxPool", {"x"}, {ints("kernel_shape", kernel)}));
  };
  CHECK(pool({1, 1, 1, 1}) == "a window over 4 spatial dimensions; 1 to 3 are possible");
  CHECK(pool({2}) == "a window over 1 dimensions meets an operand of 4");
}

TEST_CASE("branches and loops that lack a part", "[onnx][bad]") {
  const auto c = tensor("c", {}, 9);
  const auto branch = inside({}, node("Relu", {"x"}, {"b"}), {"b"});
  CHECK(said(one("If", {"x"}, {graph_attribute("then_branch", branch)})) ==
        "then_branch or else_branch is missing");
  CHECK(said(node("If", {"c"}, {"y", "z"}, "n",
                  {graph_attribute("then_branch", branch), graph_attribute("else_branch", branch)}),
             {c}) == "the branches give 1 and 1 results for 2 outputs");
  for (const auto* op : {"Loop", "Scan", "SequenceMap"}) CHECK(said(one(op, {"x"})) == "body is missing");
  CHECK(said(one("Loop", {"", "", "x"}, {graph_attribute("body", inside({"a"}, kRelu, {"b"}))})) ==
        "the body has 1 arguments and 1 results; 3 and 2 are needed");
  const auto scan = [](const Message& body, Names reads, std::int64_t rows, Names makes = {"y"}) {
    return said(
        node("Scan", reads, makes, "n", {graph_attribute("body", body), integer("num_scan_inputs", rows)}),
        {tensor("r", {5, 2})});
  };
  const auto body = inside({"a"}, kRelu, {"b"});
  CHECK(scan(body, {"x"}, 2) == "num_scan_inputs is 2 of 1 operands");
  CHECK(scan(body, {"x"}, -1) == "num_scan_inputs is -1 of 1 operands");
  CHECK(scan(body, {"x"}, 1, {"y", "z"}) == "the body gives 1 results for 2 outputs");
  CHECK(scan(inside({"a", "d"}, kRelu, {"b"}), {"x", "r"}, 2) ==
        "operand 1 is cut into 1 rows and operand 2 into 5; a scan takes one row of each at a time");
}

TEST_CASE("constants and strings that hold nothing that can be read", "[onnx][bad]") {
  CHECK(said(node("Constant", {}, {"y"}, "n")) ==
        "Constant has none of the attributes value, value_int, value_ints, value_float, value_floats, "
        "value_string, value_strings, sparse_value");
  CHECK(failure(model(graph({node("Relu", {"x"}, {"y"})}, {tensor("w", {1}, 8).text(9, "text")}))) ==
        "error: a stored tensor of strings holds raw_data\n  --> m.onnx: tensor 'w'");
  // attributes are only decoded when their node is read
  const auto bent =
      model(graph({Message().text(1, "x").text(2, "y").text(4, "Relu").text(5, "\x0a\x7f")})).bytes();
  CHECK(failure(bent) ==
        "error: the file is damaged or cut short: field 1 of AttributeProto says 127 bytes and 0 are left\n"
        "  --> m.onnx: byte " +
            std::to_string(bent.find('\x7f') + 1) + " of " + std::to_string(bent.size()) +
            "\n  fix: get the file again, or export the model again");
  CHECK(
      failure(std::string("PK\x03\x04"
                          "model.onnx")) ==
      "error: the file is a zip archive; only binary ONNX is read\n  --> m.onnx\n  fix: unpack it, or choose "
      "the frontend of its format");
}

TEST_CASE("more operator sets and more nodes than a model needs", "[onnx][limits]") {
  Message many = model(graph({node("Relu", {"x"}, {"y"})}));
  for (int i = 0; i < 1000; ++i) many.part(8, opset(1, "d" + std::to_string(i)));
  CHECK(failure(many) == "error: 1001 operator sets are imported at once, allowed 1000\n  --> m.onnx");
  // What ONNX defines an operator by is only known once its operands are.
  auto few = request();
  few.max_nodes = 2;
  const auto grid =
      model(graph({one("AffineGrid", {"theta", "size"})},
                  {tensor("theta", {2, 2, 3}), tensor("size", {4}, 7).text(9, std::string(32, '\1'))}),
            20);
  CHECK(failure(grid.bytes(), few) ==
        "error: the model has more than 2 nodes\n  --> m.onnx\n  fix: raise limits.max_nodes in the pipeline "
        "file, "
        "or for one run: --set limits.max_nodes=N");
}
