// Every mistake with the exact text that the user gets.
#include "reading.hpp"

using namespace stablehlo_test;

namespace {

std::string one(const std::string& in, const std::string& line, const std::string& result = "tensor<4xf32>") {
  return function(in, "  %0 = " + line, "%0", result);
}
const std::string kX = "%x: tensor<4xf32>";

}  // namespace

TEST_CASE("mistakes of the text, with their line and column") {
  CHECK(error_of(one(kX, "stablehlo.add %x, %y : tensor<4xf32>")) ==
        "error: the value '%y' is used before anything makes it\n  --> m.mlir:2:26\n"
        "  fix: in StableHLO every value is made above its first use");
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor<4yf32>")) ==
        "error: expected 'x' after a size in the tensor type '4yf32'\n  --> m.mlir:2:35\n"
        "  fix: a tensor type is written as tensor<2x?x3xf32>");
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor<4xq7>")) ==
        "error: the element type 'q7' is not known\n  --> m.mlir:2:35\n"
        "  fix: a tensor type is written as tensor<2x?x3xf32>");
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor<4x>")) ==
        "error: the tensor type '4x' has no element type\n  --> m.mlir:2:35\n"
        "  fix: a tensor type is written as tensor<2x?x3xf32>");
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor<99999999999999999999xf32>")) ==
        "error: a size in '99999999999999999999xf32' does not fit 64 bits\n  --> m.mlir:2:35\n"
        "  fix: a tensor type is written as tensor<2x?x3xf32>");
  CHECK(error_of(one(kX, "stablehlo.sine %x : banana")) ==
        "error: expected a type, found 'banana'\n  --> m.mlir:2:28");
  CHECK(error_of(one(kX, "\"stablehlo.sine\"(%x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>")) ==
        "error: 'stablehlo.sine' has 1 operand and states the types of 2\n  --> m.mlir:2:31");
  CHECK(error_of(one(kX, "\"stablehlo.sine\"(%x) : (tensor<4xf32>) -> ()")) ==
        "error: 'stablehlo.sine' has 1 name for its results and 0 types\n  --> m.mlir:2:8");
  CHECK(error_of(one(kX, "\"stablehlo.sine\"(%x) : tensor<4xf32>")) ==
        "error: expected a type (...) -> ... of an operator in generic form, found 'tensor'\n  --> "
        "m.mlir:2:31");
  CHECK(error_of(one(kX, "\"stablehlo.sine\"(%x) : (tensor<4xf32>) tensor<4xf32>")) ==
        "error: expected '->' after what a function takes, found 'tensor'\n  --> m.mlir:2:47");
  CHECK(error_of(one(kX, "5")) == "error: expected an operator, found '5'\n  --> m.mlir:2:8");
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor 4")) ==
        "error: expected '<' after tensor, found '4'\n  --> m.mlir:2:35");
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor x<4>")) ==
        "error: expected '<' after tensor, found 'x'\n  --> m.mlir:2:35");
  CHECK(error_of(one(kX, "stablehlo.sine %x : (tensor 4) -> tensor<4xf32>")) ==
        "error: expected '<' after tensor, found '4'\n  --> m.mlir:2:36");
  CHECK(error_of(one(kX, "stablehlo.constant dense 4 : tensor<4xf32>")) ==
        "error: expected '<' after dense, found '4'\n  --> m.mlir:2:33");
  CHECK(error_of("func.func @main() {\n  %0 = stablehlo.constant dense<4 : f32\n}") ==
        "error: the values that begin here have no end\n  --> m.mlir:2:32");
  CHECK(error_of(one(kX, "stablehlo.custom_call @\"f(%x) : tensor<4xf32>")) ==
        "error: a string that begins here has no end\n  --> m.mlir:2:31");
  CHECK(error_of("func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = stablehlo.sine %x : "
                 "tensor<4xf32>") ==
        "error: expected '}' at the end of a region, found the end of the file\n  --> m.mlir:2:41");
  CHECK(error_of("module @m {\n") ==
        "error: expected '}' at the end of the module, found the end of the file\n  --> m.mlir:2:1");
  CHECK(error_of("banana") == "error: expected a function or a module, found 'banana'\n  --> m.mlir:1:1");
  CHECK(error_of("func.func @main() {\n^bb0:\n  return\n^bb1:\n  return\n}") ==
        "error: a second block begins here, and a region of StableHLO has one\n  --> m.mlir:4:1\n"
        "  fix: lower control flow to stablehlo.while, if and case");
  CHECK(error_of("func.func @f() {\n  return\n}\nfunc.func @f() {\n  return\n}\n") ==
        "error: there are two functions 'f'\n  --> m.mlir:4:11");
}

TEST_CASE("mistakes in the forms that loops and reductions have of their own") {
  const auto loop = [](const std::string& behind) {
    return error_of(one(kX, "stablehlo.while(%i = %x)" + behind));
  };
  CHECK(
      loop(" cond {}") ==
      "error: expected as many types as there are values that are carried, found 'cond'\n  --> m.mlir:2:33");
  CHECK(loop(" : tensor<4xf32> do {}") == "error: expected 'cond', found 'do'\n  --> m.mlir:2:49");
  CHECK(loop(" : tensor<4xf32> cond {\n  stablehlo.return %i : tensor<4xf32>\n} until {}") ==
        "error: expected 'do', found 'until'\n  --> m.mlir:4:3");
  CHECK(error_of(one(kX, "stablehlo.reduce(%x init: %x) applies stablehlo.add along [0]")) ==
        "error: expected 'across dimensions =', found 'along'\n  --> m.mlir:2:60");
}

TEST_CASE("files that are something else") {
  CHECK(error_of(std::string("func\0.func", 10)) ==
        "error: the file is no text, for it holds a byte 0, and it does not begin as MLIR bytecode does\n  "
        "--> m.mlir");
  CHECK(error_of("") ==
        "error: the file holds no function that could be a model\n  --> m.mlir\n"
        "  fix: a model is a function such as @main with a body");
}

TEST_CASE("limits are kept before memory is taken") {
  std::string deep = "tensor<4xf32>";
  for (int i = 0; i < 100; ++i) deep = "tuple<" + deep + ">";
  CHECK(error_of(function("%x: " + deep, "", "%x", deep)) ==
        "error: types or attributes are nested more than 64 deep\n  --> m.mlir:1:405");
  ReadRequest few;
  few.max_nodes = 3;
  std::string lines;
  for (int i = 0; i < 9; ++i) lines += "  %" + std::to_string(i) + " = stablehlo.sine %x : tensor<4xf32>\n";
  CHECK(error_of(function(kX, lines, "%8", "tensor<4xf32>"), few) ==
        "error: the file has more than 3 operators, the most that is allowed\n  --> m.mlir:5:3\n  fix: raise "
        "limits.max_nodes in the pipeline file, or for one run: --set limits.max_nodes=N");
  std::string nested = "stablehlo.return %x : tensor<4xf32>";
  for (int i = 0; i < 40; ++i)
    nested = "%v" + std::to_string(i) + " = \"stablehlo.case\"(%i) ({\n" + nested +
             "\n}) : (tensor<i32>) -> tensor<4xf32>\nstablehlo.return %v" + std::to_string(i) +
             " : tensor<4xf32>";
  CHECK(error_of("func.func @main(%x: tensor<4xf32>, %i: tensor<i32>) -> tensor<4xf32> {\n" + nested +
                 "\n}\n") ==
        "error: regions are nested more than 32 deep\n  --> m.mlir:33:29\n  fix: raise "
        "limits.max_region_depth in the pipeline file, or for one run: --set "
        "limits.max_region_depth=N");
}

TEST_CASE("functions that call each other without end, or twice as much each time") {
  CHECK(
      error_of(
          "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = call @main(%x) : (tensor<4xf32>) -> "
          "tensor<4xf32>\n  return %0 : tensor<4xf32>\n}\n") ==
      "error: the function '@main' calls itself\n  --> m.mlir:2:8");
  CHECK(error_of(one(kX, "call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>")) ==
        "error: the function '@g' is called, and the file has none of that name\n  --> m.mlir:2:8");
  std::string text = one(kX, "call @f0(%x) : (tensor<4xf32>) -> tensor<4xf32>");
  for (int i = 0; i < 40; ++i) {
    const auto f = std::to_string(i), g = std::to_string(i + 1);
    text += "func.func private @f" + f + "(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = call @f" + g +
            "(%x) : (tensor<4xf32>) -> tensor<4xf32>\n  %1 = call @f" + g +
            "(%0) : (tensor<4xf32>) -> tensor<4xf32>\n  return %1 : tensor<4xf32>\n}\n";
  }
  text +=
      "func.func private @f40(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = stablehlo.sine %x : "
      "tensor<4xf32>\n  "
      "return %0 : tensor<4xf32>\n}\n";
  ReadRequest few;
  few.max_nodes = 1000;
  CHECK(error_of(text, few) ==
        "error: the graph has more than 1,000 nodes, with what it calls written out; no more are allowed\n"
        "  --> m.mlir:202:8\n  fix: raise limits.max_nodes in the pipeline file, or for one run: --set "
        "limits.max_nodes=N");
}

TEST_CASE("the function that is asked for") {
  StablehloOptions options;
  options.function = "mian";
  CHECK(error_of(one(kX, "stablehlo.sine %x : tensor<4xf32>"), {}, options) ==
        "error: the file has no function 'mian' (did you mean 'main'?)\n  --> m.mlir\n  fix: its functions "
        "are: main");
}

TEST_CASE("operators whose attributes or operands do not fit") {
  CHECK(error_of(one(kX, "stablehlo.add %x : tensor<4xf32>")) ==
        "error: stablehlo.add needs at least 2 operands and has 1\n  --> m.mlir:2:8");
  CHECK(error_of(one("%x: tensor<4xf32>, %y: tensor<5xf32>",
                     "stablehlo.add %x, %y : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>")) ==
        "error: stablehlo.add has operands ?[4] and ?[5] of different shapes\n  --> m.mlir:2:8\n"
        "  fix: operands of StableHLO have one shape; broadcast_in_dim makes them equal");
  CHECK(error_of(one(
            "%x: tensor<2x3xf32>, %y: tensor<4x4xf32>",
            "stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<4x4xf32>) "
            "-> tensor<2x4xf32>",
            "tensor<2x4xf32>")) ==
        "error: stablehlo.dot_general pairs dimension 1 of 3 with dimension 0 of 4\n  --> m.mlir:2:8");
  CHECK(error_of(one(
            "%x: tensor<2x3xf32>, %y: tensor<3x4xf32>",
            "stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) "
            "-> tensor<2x5xf32>",
            "tensor<2x5xf32>")) ==
        "error: stablehlo.dot_general states that its result is f32[2,5], and its operands make f32[2,4]\n"
        "  --> m.mlir:2:8");
  CHECK(error_of(one(
            "%x: tensor<2x3xf32>, %y: tensor<3x4xf32>",
            "stablehlo.dot_general %x, %y, contracting_dims = [7] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) "
            "-> tensor<2x4xf32>",
            "tensor<2x4xf32>")) ==
        "error: stablehlo.dot_general names dimension 7 of a tensor of 2 dimensions\n  --> m.mlir:2:8");
  CHECK(error_of(one(kX, "stablehlo.slice %x [2:9] : (tensor<4xf32>) -> tensor<7xf32>", "tensor<7xf32>")) ==
        "error: stablehlo.slice takes 2:9:1 of dimension 0, which has 4 elements\n  --> m.mlir:2:8");
  CHECK(error_of(one(kX, "stablehlo.reshape %x : (tensor<4xf32>) -> tensor<5xf32>", "tensor<5xf32>")) ==
        "error: stablehlo.reshape turns f32[4] into f32[5], which has another number of elements\n  --> "
        "m.mlir:2:8");
  CHECK(error_of(
            one("%x: tensor<1x8x3xf32>, %k: tensor<3x3x4xf32>",
                "stablehlo.convolution(%x, %k) dim_numbers = [b, 0, f]x[0, i, i]->[b, 0, f], window = {} : "
                "(tensor<1x8x3xf32>, tensor<3x3x4xf32>) -> tensor<1x6x4xf32>",
                "tensor<1x6x4xf32>")) ==
        "error: stablehlo.convolution has no dimension numbers that name each dimension once\n  --> "
        "m.mlir:2:8\n"
        "  fix: they are written as [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]");
  CHECK(
      error_of(
          one("%x: tensor<1x8x3xf32>, %k: tensor<3x2x4xf32>",
              "stablehlo.convolution(%x, %k) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} : "
              "(tensor<1x8x3xf32>, tensor<3x2x4xf32>) -> tensor<1x6x4xf32>",
              "tensor<1x6x4xf32>")) ==
      "error: stablehlo.convolution has an input of 3 features, and its kernel takes 2 in each of 1 groups\n"
      "  --> m.mlir:2:8");
  CHECK(error_of(one("%x: tensor<4xf32>, %t: tuple<tensor<4xf32>>",
                     "stablehlo.add %x, %t : (tensor<4xf32>, tuple<tensor<4xf32>>) -> tensor<4xf32>")) ==
        "error: stablehlo.add computes with tensors, and its operand 1 is none\n  --> m.mlir:2:8");
  CHECK(error_of(one(kX, "stablehlo.iota dim = 1 : tensor<4xf32>")) ==
        "error: stablehlo.iota names dimension 1 of a tensor of 1 dimension\n  --> m.mlir:2:8");
  CHECK(error_of(function(kX, "", "%x, %x", "tensor<4xf32>")) ==
        "error: the function '@main' states 1 result and returns 2\n  --> m.mlir:1:11");
}
