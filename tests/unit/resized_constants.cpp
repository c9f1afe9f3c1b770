// Constants of a file's own sizes where they meet others. What is taken and what is refused is what PyTorch
// 2.13 does, with the sizes that an export for them states; a constant of the old batch beside a batch of 1
// would be spread there, and is refused as beside any other one.
#include <catch2/catch.hpp>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/ir/work.hpp"

using namespace alidade;

namespace {

Result<Graph> resized(const std::string& body, const infer::InputShapes& shapes) {
  auto graph = parse("graph \"g\" {\n" + body + "\n}");
  INFO((graph ? std::string() : to_text(graph.error())));
  REQUIRE(graph);
  return infer::with_input_shapes(std::move(*graph), shapes);
}
/// The types of the outputs, or what is said.
std::string said(const std::string& body, const infer::InputShapes& shapes) {
  const auto made = resized(body, shapes);
  if (!made) return made.error().what;
  std::string text;
  for (const ValueId v : made->outputs())
    text += (text.empty() ? "" : " ") + to_text(*made, made->type_id(v));
  return text;
}

const std::string kCondition = "input %x : f32[2,8]\ninput %p : bool[]\nparameter %w : f32[8,8]\n";

}  // namespace

TEST_CASE("both branches of a condition follow the batch", "[infer]") {
  const std::string body = kCondition +
                           "%y = if(%p) : f32[2,8] {\n%a = matmul(%x, %w) : f32[2,8]\nyield %a\n} {\n"
                           "%b = matmul(%x, %w) : f32[2,8]\n%c = matmul(%b, %w) : f32[2,8]\nyield %c\n}\n"
                           "%z = matmul(%y, %w) : f32[2,8]\nreturn %z";
  const auto made = resized(body, {{"x", {5, -1}}});
  REQUIRE(made);
  CHECK(to_text(*made, made->type_id(made->outputs()[0])) == "f32[5,8]");
  std::size_t products = 0;
  for (const NodeId n : made->nodes()) {
    if (made->op(n) != Op::matmul) continue;
    CHECK(work(*made, n)->macs.value == 5 * 8 * 8);
    ++products;
  }
  CHECK(products == 4);
}

TEST_CASE("a branch that keeps the old batch is refused, and one of a size that is not known is not") {
  const auto kept = [](const std::string& type) {
    return kCondition + "constant %zeros : " + "f32[2,8]\n%y = if(%p) : " + type +
           " {\n%a = relu(%x) : f32[2,8]\nyield %a\n} {\n%c = relu(%zeros) : f32[2,8]\nyield %c\n}\nreturn "
           "%y";
  };
  CHECK(said(kept("f32[2,8]"), {{"x", {5, -1}}}) ==
        "node 'y' does not take the new sizes: its branches make [5,8] and [2,8]");
  CHECK(said(kept("f32[?,8]"), {{"x", {5, -1}}}) == "f32[?,8]");
}

TEST_CASE("a body of a loop that reads another shape from outside is fixed to the sizes of the file") {
  const std::string body =
      kCondition + "constant %zeros : f32[2,8]\n" +
      "%y = loop(%zeros) : f32[2,8] {\nargument %c : f32[2,8]\n%a = add(%c, %x) : f32[2,8]\n"
      "yield %p, %a\n}\nreturn %y";
  CHECK(said(body, {{"x", {5, -1}}}) == "the body of node 'y' is fixed to the sizes of the file");
}

TEST_CASE("a constant of the old batch is refused beside a batch of 1, as beside any other") {
  const std::string sum =
      "input %x : f32[4,8]\nconstant %old : f32[4,8]\n%y = add(%x, %old) : f32[4,8]\nreturn %y";
  CHECK(said(sum, {{"x", {1, -1}}}) ==
        "node 'y' does not take the new sizes: shapes [1,8] and [4,8] had the size 4 in common, which one of "
        "them still has; the file fixes 'old' [4,8]");
  CHECK(said(sum, {{"x", {2, -1}}}) ==
        "node 'y' does not take the new sizes: shapes [2,8] and [4,8] do not broadcast; the file fixes 'old' "
        "[4,8]");
  const std::string product =
      "input %x : f32[4,3,8]\nconstant %old : f32[4,8,2]\n%y = matmul(%x, %old) : f32[4,3,2]\nreturn %y";
  CHECK(said(product, {{"x", {1, -1, -1}}}).ends_with("; the file fixes 'old' [4,8,2]"));
}

TEST_CASE("what has no size of the old batch is spread over the new one") {
  const auto sum = [](const std::string& other) {
    return "input %x : f32[4,8]\n" + other + "\n%y = add(%x, %b) : f32[4,8]\nreturn %y";
  };
  CHECK(said(sum("constant %b : f32[1,8]"), {{"x", {1, -1}}}) == "f32[1,8]");
  CHECK(said(sum("constant %b : f32[8]"), {{"x", {1, -1}}}) == "f32[1,8]");
  CHECK(said(sum("input %b : f32[4,8]"), {{"x", {1, -1}}}) == "f32[4,8]");  // it was asked for
  const std::string one =
      "input %x : f32[1,8]\nconstant %b : f32[1,8]\n%y = add(%x, %b) : f32[1,8]\nreturn %y";
  CHECK(said(one, {{"x", {5, -1}}}) == "f32[5,8]");
}

namespace {

/// A recurrent layer with a first state, which is `made`.
std::string layer(const std::string& op, const std::string& batch, const std::string& made) {
  return "input %x : f32[" + batch + ",4,6]\nparameter %w : f32[28,6]\nparameter %r : f32[28,7]\n" + made +
         " : f32[1," + batch + ",7]\n(%y, %s) = " + op + "(%x, %w, %r, %h) {hidden=7, batch_first=1} : f32[" +
         batch + ",4,7], f32[1," + batch + ",7]\nreturn %y, %s";
}

}  // namespace

TEST_CASE("stored first states of another batch are refused, and those of 1 are spread") {
  for (const std::string op : {"lstm", "gru", "rnn"}) {
    CHECK(said(layer(op, "5", "constant %h"), {{"x", {2, -1, -1}}}) ==
          "node 'y' does not take the new sizes: shapes [2,4,6] and [1,5,7] had the size 5 in common, which "
          "one of them still has; the file fixes 'h' [1,5,7]");
    CHECK(said(layer(op, "1", "constant %h"), {{"x", {2, -1, -1}}}) == "f32[2,4,7] f32[1,2,7]");
    CHECK(said(layer(op, "5", "constant %h"), {{"x", {-1, 9, -1}}}) == "f32[5,9,7] f32[1,5,7]");
  }
}

TEST_CASE("first states that the program makes have the batch of the layer") {
  for (const std::string batch : {"1", "5"}) {
    const auto made = resized(layer("lstm", batch, "%h = constant()"), {{"x", {2, -1, -1}}});
    REQUIRE(made);
    for (const NodeId n : made->body())
      if (made->op(n) == Op::constant)
        CHECK(to_text(*made, made->type_id(made->outputs(n)[0])) == "f32[1,2,7]");
    CHECK(to_text(*made, made->type_id(made->outputs()[1])) == "f32[1,2,7]");
  }
  const std::string picked =
      "constant %zero : f32[]\n%all = expand(%zero) : f32[4,5,7]\n"
      "%h = slice(%all) {axes=[0], starts=[0], ends=[1], steps=[1]}";
  CHECK(said(layer("gru", "5", picked), {{"x", {2, -1, -1}}}) == "f32[2,4,7] f32[1,2,7]");
  const std::string shared = layer("lstm", "5", "%h = constant()") + ", %z";
  const auto at = shared.find("return");
  CHECK(said(shared.substr(0, at) + "%z = relu(%h) : f32[1,5,7]\n" + shared.substr(at), {{"x", {2, -1, -1}}})
            .ends_with("; the file fixes 'h' [1,5,7]"));
}

TEST_CASE("a mask of the old batch or length is refused in attention, one that is spread is not") {
  const auto masked = [](const std::string& mask) {
    return "input %x : f32[2,2,3,4]\nconstant %m : bool[" + mask +
           "]\n%y = attention(%x, %x, %x, %m) {heads=2, kv_heads=2} : f32[2,2,3,4] as "
           "\"aten.scaled_dot_product_attention.default\"\nreturn %y";
  };
  CHECK(
      said(masked("2,1,3,3"), {{"x", {5, -1, -1, -1}}}) ==
      "node 'y' does not take the new sizes: shapes [5,2,3,4] and [2,1,3,3] had the size 2 in common, which "
      "one of them still has; the file fixes 'm' [2,1,3,3]");
  CHECK(said(masked("2,1,3,3"), {{"x", {1, -1, -1, -1}}}).ends_with("; the file fixes 'm' [2,1,3,3]"));
  CHECK(said(masked("3,3"), {{"x", {-1, -1, 6, -1}}}).ends_with("; the file fixes 'm' [3,3]"));
  for (const std::string mask : {"1,1,3,3", "3,3", "1,2,3,3"})
    CHECK(said(masked(mask), {{"x", {5, -1, -1, -1}}}) == "f32[5,2,3,4]");
}

TEST_CASE("nothing is written into a constant that is smaller") {
  const auto write = [](const std::string& call, const std::string& foreign) {
    return "input %x : f32[1,8]\nconstant %z : f32[1,8]\n%y = " + call + " : f32[1,8] as \"aten." + foreign +
           "\"\nreturn %y";
  };
  CHECK(said(write("copy(%x, %z)", "copy_.default"), {{"x", {2, -1}}}) ==
        "node 'y' does not take the new sizes: it writes [2,8] into [1,8]; the file fixes 'z' [1,8]");
  CHECK(said(write("add(%z, %x)", "add_.Tensor"), {{"x", {2, -1}}}) ==
        "node 'y' does not take the new sizes: it writes [2,8] into [1,8]; the file fixes 'z' [1,8]");
  CHECK(said(write("add(%x, %z)", "add_.Tensor"), {{"x", {2, -1}}}) == "f32[2,8]");
}

TEST_CASE("a weight of the old batch is named where nothing else is fixed") {
  CHECK(
      said("input %x : f32[2,3]\nparameter %mask : f32[2,3]\n%y = add(%x, %mask) : f32[2,3]\nreturn %y",
           {{"x", {6, -1}}}) ==
      "node 'y' does not take the new sizes: shapes [6,3] and [2,3] do not broadcast; the file fixes 'mask' "
      "[2,3]");
}

TEST_CASE("a result of other dimensions than its operator makes is refused") {
  CHECK(said("input %x : f32[2,8]\n%y = add(%x, %x) : f32[1,2,8]\nreturn %y", {{"x", {3, 8}}}) ==
        "node 'y' does not take the new sizes: its result would have another number of dimensions");
}
