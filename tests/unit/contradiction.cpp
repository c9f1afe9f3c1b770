// What a file states of sizes beside what its operators make of them.
#include "alidade/infer/contradiction.hpp"

#include <catch2/catch.hpp>

#include "alidade/ir/print.hpp"

using namespace alidade;

namespace {

std::string said(const std::string& body) {
  const auto graph = parse("graph \"g\" {\n" + body + "\n}");
  REQUIRE(graph.has_value());
  const auto found = infer::contradiction(*graph);
  if (!found) return "";
  CHECK(found->code == "contradiction");
  CHECK(found->severity == Severity::warning);
  return found->text;
}

}  // namespace

TEST_CASE("sizes that a file states and no operator makes are told") {
  const std::string x = "input %x : f32[4,8]\nparameter %w : f32[8,16]\n";
  CHECK(said(x + "%y = relu(%x) : f32[4,8]\nreturn %y") == "");
  CHECK(said(x + "%y = relu(%x) : f32[4,9]\nreturn %y") ==
        "the file contradicts itself at node 'y': it states [4,9], and its operands make [4,8]; every figure "
        "is of "
        "what it states");
  CHECK(said(x + "%y = matmul(%x, %w) : f32[4,16]\nreturn %y") == "");
  CHECK(said(x + "%y = matmul(%x, %w) : f32[4,8]\n%z = relu(%y) : f32[4,16]\nreturn %z") ==
        "the file contradicts itself at node 'y': it states [4,8], and its operands make [4,16], and 1 more "
        "such node; "
        "every figure is of what it states");
  CHECK(said(x + "%y = relu(%x) : f32[4]\nreturn %y").starts_with("the file contradicts itself at node 'y'"));
  CHECK(said(x + "%y = reduce_mean(%x) {axes=[1]} : f32[4,8]\nreturn %y") ==
        "the file contradicts itself at node 'y': it states 2 dimensions, and the reduction makes 1; every "
        "figure is of what it states");
}

TEST_CASE("sizes that are not known, or differ by name alone, contradict nothing") {
  CHECK(said("input %x : f32[batch,8]\n%y = relu(%x) : f32[?,8]\n%z = relu(%y) : f32[n,8]\nreturn %z") == "");
  CHECK(said("input %x : f32[*]\n%y = relu(%x) : f32[4,8]\nreturn %y") == "");
  const std::string open = "input %x : f32[*]\n%y = reduce_mean(%x) {axes=[1]} : ";
  CHECK(said(open + "f32[*]\nreturn %y") == "");
  CHECK(said(open + "f32[4]\nreturn %y") == "");
  const std::string axes =
      "input %x : f32[4,8]\ninput %a : i64[1]\n%y = reduce_mean(%x, %a) : f32[4]\nreturn %y";
  CHECK(said(axes) == "");
}
