// Operators that are given what they cannot take: a row each, with the text that the user gets.
#include "reading.hpp"

using namespace stablehlo_test;

namespace {

const std::string kX = "%x: tensor<4xf32>";
const std::string kPair = "%x: tensor<4xf32>, %i: tensor<i32>";
const std::string kOne = "(tensor<4xf32>) -> tensor<4xf32>";
const std::string kTwo = "(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>";
const std::string kRegion = "({\n  \"stablehlo.return\"(%x) : (tensor<4xf32>) -> ()\n})";

/// One operator, or one in generic form whose text goes on over lines.
struct Row {
  std::string in, line, said;
  std::string result = "tensor<4xf32>", fix = "";
};

std::string refused(const Row& row) {
  return error_of(function(row.in, "  %0 = " + row.line, "%0", row.result));
}

void each(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    CHECK(refused(row) ==
          "error: " + row.said + "\n  --> m.mlir:2:8" + (row.fix.empty() ? "" : "\n  fix: " + row.fix));
}

}  // namespace

TEST_CASE("products and convolutions that refuse") {
  const std::string matrices = "%x: tensor<2x3xf32>, %y: tensor<3x4xf32>",
                    types = " : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>";
  each({
      {matrices, "stablehlo.dot_general %x, %y, contracting_dims = [[1]]" + types,
       "stablehlo.dot_general needs two lists of dimensions, [1] x [0]", "tensor<2x4xf32>"},
      {matrices, "stablehlo.dot_general %x, %y, contracting_dims = [0, 1] x [0]" + types,
       "stablehlo.dot_general pairs 2 dimensions with 1", "tensor<2x4xf32>"},
      {"%x: tensor<1x8x3xf32>, %k: tensor<3x3x4xf32>",
       "stablehlo.convolution(%x, %k) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} "
       "{feature_group_count = 2 : i64, batch_group_count = 2 : i64} : "
       "(tensor<1x8x3xf32>, tensor<3x3x4xf32>) -> tensor<1x6x4xf32>",
       "stablehlo.convolution has 2 groups of features and 2 of the batch", "tensor<1x6x4xf32>",
       "one of both is 1, and none is less"},
  });
}

TEST_CASE("loops, branches and tuples that refuse") {
  each({
      {kX, "\"stablehlo.while\"(%x) " + kRegion + " : " + kOne,
       "stablehlo.while needs two regions, a condition and a body"},
      {kX,
       "\"stablehlo.while\"(%x) ({\n  \"stablehlo.return\"(%x) : (tensor<4xf32>) -> ()\n}, {\n"
       "  \"stablehlo.return\"(%x) : (tensor<4xf32>) -> ()\n}) : " +
           kOne,
       "stablehlo.while carries 1 values, and its regions take 0 and 0"},
      {kPair, "\"stablehlo.if\"(%i) " + kRegion + " : (tensor<i32>) -> tensor<4xf32>",
       "stablehlo.if needs two regions"},
      {kPair, "\"stablehlo.case\"(%i) : (tensor<i32>) -> tensor<4xf32>",
       "stablehlo.case needs at least one region"},
      {"%x: tuple<tensor<4xf32>>",
       "stablehlo.get_tuple_element %x[1] : (tuple<tensor<4xf32>>) -> tensor<4xf32>",
       "stablehlo.get_tuple_element takes element 1 of a tuple of 1"},
  });
}

TEST_CASE("movement and reductions that refuse") {
  each({
      {kX, "stablehlo.broadcast_in_dim %x, dims = [0] : (tensor<4xf32>) -> tensor<5xf32>",
       "stablehlo.broadcast_in_dim broadcasts dimension 0 of 4 to 5", "tensor<5xf32>"},
      {kX, "stablehlo.broadcast %x, sizes = [2, 3] : (tensor<4xf32>) -> tensor<2x4xf32>",
       "stablehlo.broadcast adds 2 dimensions, which do not make its result", "tensor<2x4xf32>"},
      {"%x: tensor<2x3xf32>", "stablehlo.transpose %x, dims = [0] : (tensor<2x3xf32>) -> tensor<3x2xf32>",
       "stablehlo.transpose names 1 of 2 dimensions", "tensor<3x2xf32>"},
      {"%x: tensor<2x3xf32>", "stablehlo.transpose %x, dims = [0, 0] : (tensor<2x3xf32>) -> tensor<2x2xf32>",
       "stablehlo.transpose names dimension 0 twice", "tensor<2x2xf32>"},
      {kX, "stablehlo.slice %x [0:2, 0:1] : (tensor<4xf32>) -> tensor<2xf32>",
       "stablehlo.slice has 2 ranges for 1 dimensions", "tensor<2xf32>"},
      {kX,
       "stablehlo.pad %x, %x, low = [0, 0], high = [1], interior = [0] : "
       "(tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>",
       "stablehlo.pad has paddings for 2 of 1 dimensions", "tensor<5xf32>"},
      {kX,
       "\"stablehlo.reduce_window\"(%x, %x, %x) {window_dimensions = array<i64: 2>} : (tensor<4xf32>, "
       "tensor<4xf32>, tensor<4xf32>) -> tensor<3xf32>",
       "stablehlo.reduce_window has 3 operands and 1 results, which are no tensors and as many values to "
       "begin with",
       "tensor<3xf32>"},
      {kX, "stablehlo.concatenate %x, dim = -1 : " + kOne, "stablehlo.concatenate joins along dimension -1"},
      {kPair,
       "\"stablehlo.scatter\"(%x, %x, %i, %x) : (tensor<4xf32>, tensor<4xf32>, tensor<i32>, "
       "tensor<4xf32>) -> tensor<4xf32>",
       "stablehlo.scatter has 4 operands, which are no tensors, indices and updates"},
      {kX, "\"stablehlo.reduce\"(%x) " + kRegion + " {dimensions = array<i64: 0>} : " + kOne,
       "stablehlo.reduce has 1 operands, which are no tensors and as many values to begin with"},
  });
}

TEST_CASE("a function is called with what it takes, and not without end") {
  const auto main = function(kX, "  %0 = call @f0(%x) : " + kOne, "%0", "tensor<4xf32>");
  CHECK(error_of(main +
                 "func.func private @f0() -> tensor<4xf32> {\n  %0 = stablehlo.iota dim = 0 : tensor<4xf32>\n"
                 "  return %0 : tensor<4xf32>\n}\n") ==
        "error: the function '@f0' takes 0 operands and is given 1\n  --> m.mlir:2:8");
  std::string chain = main;
  for (int i = 0; i < 200; ++i)
    chain += "func.func private @f" + std::to_string(i) + "(" + kX + ") -> tensor<4xf32> {\n  %0 = call @f" +
             std::to_string(i + 1) + "(%x) : " + kOne + "\n  return %0 : tensor<4xf32>\n}\n";
  chain += "func.func private @f200(" + kX + ") -> tensor<4xf32> {\n  return %x : tensor<4xf32>\n}\n";
  CHECK(error_of(chain).starts_with("error: functions call functions more than 128 deep\n"));
}

TEST_CASE("a function that is only declared cannot be called") {
  CHECK(error_of(function(kX, "  %0 = call @g(%x) : " + kOne, "%0", "tensor<4xf32>") +
                 "func.func private @g(tensor<4xf32>) -> tensor<4xf32>\n") ==
        "error: the function '@g' is called, and the file only declares it\n  --> m.mlir:2:8");
}

TEST_CASE("windows over operands of different ranks") {
  CHECK(error_of(function(
            "%x: tensor<4xf32>, %y: tensor<4x4xf32>",
            "  %0:2 = \"stablehlo.reduce_window\"(%x, %y, %x, %x) {window_dimensions = array<i64: 2>} "
            ": (tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>) -> "
            "(tensor<3xf32>, tensor<3xf32>)",
            "%0#0", "tensor<3xf32>")) ==
        "error: stablehlo.reduce_window has operands of different ranks\n  --> m.mlir:2:10");
}

TEST_CASE("random numbers and routines of a library that refuse") {
  each({
      {kX, "stablehlo.fft %x, type = FFT, length = [2, 2] : " + kOne,
       "stablehlo.fft transforms 2 of 1 dimensions"},
      {"%x: tensor<4xui64>",
       "stablehlo.rng_bit_generator %x, algorithm = DEFAULT : (tensor<4xui64>) -> tensor<4xui64>",
       "stablehlo.rng_bit_generator needs two results, a state and numbers", "tensor<4xui64>"},
      {kX, "stablehlo.custom_call @lapack_sgetrf() : () -> tensor<4xf32>",
       "stablehlo.custom_call has too few operands"},
      {kX, "stablehlo.custom_call @blas_strsm(%x) : " + kOne, "stablehlo.custom_call has too few operands"},
  });
}
