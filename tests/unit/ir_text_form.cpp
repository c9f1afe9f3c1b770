#include <catch2/catch.hpp>

#include "alidade/ir/print.hpp"

using namespace alidade;

namespace {

constexpr std::string_view kSmall = R"alg(graph "small" format "ONNX, opset 18" producer "pytorch 2.13.0" {
  module "features.0" "torch.nn.Conv2d"
  attachment "references" "{\"a\": 1}"
  input %x : f32[batch,3,224,"Max(1, w)"]
  parameter %features.0.weight : f32[64,3,7,7]
  constant %"to shape" : i64[2] = [-1,64]
  %conv = conv(%x, %features.0.weight, _) {strides=[2,2], pads_begin=[3,3], pads_end=[3,3], dilations=[1,1]} : f32[batch,64,112,?] named "/features/0/Conv" in "features.0" at "net.py":12 as "ai.onnx::Conv"
  %act = clip(%conv) {low=0, high=6} : f32[*] in "features"
  (%top, %index) = topk(%act) {axes=[1]} : f32[2,5], i64[2,5]
  %mix = einsum(%top, %top) {equation="ij,kj->ik"} : ?[2,2]
  warning "opaque-operator" "one \"odd\" thing" on "mix"
  failure "too-slow" "it took too long"
  return %mix, %index
}
)alg";

std::string error_of(std::string_view text) {
  const auto g = parse(text, "t.alg");
  REQUIRE(!g);
  return g.error().what + "\n" + g.error().where;
}

}  // namespace

TEST_CASE("the text form prints what it parsed") {
  const auto g = parse(kSmall);
  REQUIRE(g);
  CHECK(to_text(*g) == kSmall);
}

TEST_CASE("a parsed graph holds what the text says") {
  const auto g = parse(kSmall).value();
  REQUIRE(g.node_count() == 4);
  const NodeId conv = g.body()[0];
  CHECK(g.attachment("references") == R"({"a": 1})");
  CHECK(g.attachment("other") == "");
  CHECK(g.notes()[1].severity == Severity::failure);
  CHECK(g.op(conv) == Op::conv);
  CHECK(g.name(conv) == "/features/0/Conv");
  CHECK(g.foreign(conv) == "ai.onnx::Conv");
  CHECK(g.path(g.module(conv)) == "features.0");
  CHECK(g.type(g.module(conv)) == "torch.nn.Conv2d");
  CHECK(g.source(conv) == std::pair<std::string_view, int>("net.py", 12));
  CHECK(g.attrs<ConvAttrs>(conv).strides == Spatial{{2, 2, 0}, 2});
  CHECK(g.attrs<ConvAttrs>(conv).groups == 1);
  REQUIRE(g.inputs(conv).size() == 3);
  CHECK(!g.inputs(conv)[2].valid());
  const auto x = g.type(g.inputs()[0]);
  CHECK(x.dim(1) == 3);
  CHECK(x.dim(-2) == 224);
  CHECK(!x.dim(0));
  CHECK(!x.elements());
  CHECK(g.kind(g.inputs(conv)[1]) == ValueKind::parameter);
  CHECK(g.free_symbols() == std::vector<std::string>{"batch", "w"});
  CHECK(g.attrs<ClipAttrs>(g.body()[1]).high == 6);
  CHECK(!g.type(g.outputs(g.body()[1])[0]).ranked);
  CHECK(g.text(g.attrs<EinsumAttrs>(g.body()[3]).equation) == "ij,kj->ik");
  CHECK(g.users(g.outputs(g.body()[2])[0]).size() == 1);
  CHECK(g.producer(g.outputs()[1]) == g.body()[2]);
  REQUIRE(g.notes().size() == 2);
  CHECK(g.notes()[0].text == "one \"odd\" thing");
  CHECK(g.notes()[0].node == g.body()[3]);
}

TEST_CASE("regions nest and see the values around them") {
  constexpr std::string_view text = R"(graph "control" {
  input %c : bool[]
  input %x : f32[4]
  %y = if(%c) : f32[4] {
    %a = relu(%x) : f32[4]
    yield %a
  } {
    %l = loop(%c) {trips=3} : f32[4] {
      argument %i : i64[]
      %b = add(%x, %x) : f32[4]
      yield %b
    }
    yield %l
  }
  return %y
}
)";
  const auto g = parse(text).value();
  CHECK(to_text(g) == text);
  const NodeId branch = g.body()[0];
  REQUIRE(g.regions(branch).size() == 2);
  const NodeId loop = g.body(g.regions(branch)[1])[0];
  CHECK(g.attrs<LoopAttrs>(loop).trips == 3);
  CHECK(g.owner(g.regions(loop)[0]) == loop);
  CHECK(g.arguments(g.regions(loop)[0]).size() == 1);
  CHECK(g.users(g.inputs()[1]).size() == 2);
}

TEST_CASE("values without a name of their own get one that is") {
  const auto g =
      parse("graph \"g\" { input %\"a b\" : f32[1] %\"\" = relu(%\"a b\") : f32[1] return %\"\" }").value();
  CHECK(
      to_text(parse(to_text(g)).value()) ==
      "graph \"g\" {\n  input %\"a b\" : f32[1]\n  %\"#1\" = relu(%\"a b\") : f32[1]\n  return %\"#1\"\n}\n");
}

TEST_CASE("a mistake in the text form is shown where it is") {
  CHECK(error_of("graph \"g\" {\n  input %x : f33[1]\n  return %x\n}") ==
        "'f33' is no element type\nt.alg:2:14\n      input %x : f33[1]\n                 ^");
  CHECK(error_of("graph \"g\" {\n  %y = relu(%x) : f32[1]\n  return %y\n}") ==
        "'%x' is not defined before\nt.alg:2:13\n      %y = relu(%x) : f32[1]\n                ^");
  CHECK(error_of("graph \"g\" {\n  %y = relo() : f32[1]\n  return %y\n}")
            .starts_with("'relo' is no operator\nt.alg:2:8\n"));
  CHECK(error_of("graph \"g\" {\n  input %x : f32[1]\n  input %x : f32[1]\n  return\n}")
            .starts_with("'%x' is defined twice\nt.alg:3:"));
  CHECK(error_of("graph \"g\" { input %x : f32[1] %y = relu(%x) {axes=[1]} : f32[1] return %y }")
            .starts_with("'relu' takes no attributes\n"));
  CHECK(error_of("graph \"g\" { input %x : f32[1] %y = softmax(%x) {axis=[1]} : f32[1] return %y }")
            .starts_with("'axis' is no attribute of this operator\n"));
  CHECK(error_of("graph \"g\" { input %x : f32[1] %y = conv(%x, %x) {strides=[1,1,1,1]} : f32[1] return %y }")
            .starts_with("at most three dimensions are possible here\n"));
  CHECK(error_of("graph \"g\" { input %x : f32[1] warning \"code\" \"text\" on \"nobody\" return %x }")
            .starts_with("no node has this name\n"));
  CHECK(
      error_of("graph \"g\" {").starts_with("expected an operator, found the end of the text\nt.alg:1:12\n"));
}

TEST_CASE("regions nested without end are refused") {
  std::string text = "graph \"g\" { input %c : bool[] ";
  for (int i = 0; i < 100; ++i) text += "if(%c) named \"n\" {";
  CHECK(error_of(text).starts_with("regions are nested deeper than 64\n"));
}

TEST_CASE("names and sizes that look like something else are printed so that they read the same") {
  const std::string text = R"(graph "t" {
  input %"" : f32["*",n]
  input %"#0" : f32["99999999999999999999","- 1"]
  return %"#0"
})";
  const auto graph = parse(text).value();
  const auto again = parse(to_text(graph));
  REQUIRE(again.has_value());
  CHECK(to_text(*again) == to_text(graph));
  CHECK(again->type(again->inputs()[0]).rank() == 2);
  CHECK(again->name(again->outputs()[0]) == "#0");
}

TEST_CASE("what a terminal would obey or not show is printed as bytes, and read back as it was") {
  const std::string text = R"(graph "g" {
  input %"a\x1b[31m\xc2\x9b\xe2\x80\xae\xff\x7f\n\"\\größe 重" : f32[4]
  return %"a\x1b[31m\xc2\x9b\xe2\x80\xae\xff\x7f\n\"\\größe 重"
}
)";
  const auto graph = parse(text).value();
  CHECK(graph.name(graph.inputs()[0]) == "a\x1b[31m\xc2\x9b\xe2\x80\xae\xff\x7f\n\"\\größe 重");
  CHECK(to_text(graph) == text);
}
