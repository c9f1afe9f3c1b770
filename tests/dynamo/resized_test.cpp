// Sizes of results for other sizes of the inputs, beside those that PyTorch 2.13 makes: [list(y.shape) for y
// in Factors()(*inputs)] of tools/dynamo_cases/cases.py, on random matrices (s positive definite, borders
// sorted).
#include <catch2/catch.hpp>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/print.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

std::string resized(const std::string& name, const infer::InputShapes& shapes) {
  const auto made = infer::with_input_shapes(read_file(data_file(name + ".pt2")).value(), shapes);
  if (!made) return made.error().what;
  std::string text;
  for (const ValueId v : made->outputs())
    text += (text.empty() ? "" : " ") + to_text(*made, made->type_id(v));
  return text;
}

}  // namespace

TEST_CASE("factorisations follow their matrices: another batch, taller ones, wider ones") {
  CHECK(resized("factors", {{"x", {5, 6, 4}}, {"s", {5, 6, 6}}, {"b", {5, 6, 3}}}) ==
        "f32[5,6,4] f32[5,4,4] f32[5,6,6] f32[5,6,4] f32[5,6,4] f32[5,4] f32[5,4,4] f32[5,6,6] "
        "f32[5,4,4] f32[5,6,4] i32[5,4] f32[5,6,6] f32[5,6,4] f32[5,4,4] f32[5,6,4] f32[5,4] "
        "f32[5,6] f32[5,6,6] c64[5,6] c64[5,6,6] f32[5,6,6] f32[5,6,3] f32[5,6,3] f32[5,6,6] "
        "f32[5] f32[5] f32[5,4] f32[5,4,6] f32[5,6,6] f32[5,1,1]");
  CHECK(resized("factors", {{"x", {2, 9, 4}}, {"s", {2, 9, 9}}, {"b", {2, 9, 8}}}) ==
        "f32[2,9,4] f32[2,4,4] f32[2,9,9] f32[2,9,4] f32[2,9,4] f32[2,4] f32[2,4,4] f32[2,9,9] "
        "f32[2,4,4] f32[2,9,4] i32[2,4] f32[2,9,9] f32[2,9,4] f32[2,4,4] f32[2,9,4] f32[2,4] "
        "f32[2,9] f32[2,9,9] c64[2,9] c64[2,9,9] f32[2,9,9] f32[2,9,8] f32[2,9,8] f32[2,9,9] "
        "f32[2] f32[2] f32[2,4] f32[2,4,9] f32[2,9,9] f32[2,1,1]");
  CHECK(resized("factors", {{"x", {2, 3, 4}}, {"s", {2, 7, 7}}, {"b", {2, 7, 3}}}) ==
        "f32[2,3,3] f32[2,3,4] f32[2,3,3] f32[2,3,4] f32[2,3,3] f32[2,3] f32[2,3,4] f32[2,3,3] "
        "f32[2,4,4] f32[2,3,4] i32[2,3] f32[2,3,3] f32[2,3,3] f32[2,3,4] f32[2,3,4] f32[2,3] "
        "f32[2,7] f32[2,7,7] c64[2,7] c64[2,7,7] f32[2,7,7] f32[2,7,3] f32[2,7,3] f32[2,7,7] "
        "f32[2] f32[2] f32[2,3] f32[2,4,3] f32[2,7,7] f32[2,1,1]");
}

TEST_CASE("searches, transforms, pads, windows and indices follow their operands") {
  CHECK(resized("rows", {{"x", {7, 8}}, {"borders", {5}}, {"image", {9, 4, 6, 6}}, {"grid", {9, 4, 5, 2}}}) ==
        "i64[7,8] bool[7,8] f32[7,3] i64[7,3] f32[7,8] i64[7,8] c64[7,8] c64[7,5] f32[7,14] "
        "c64[7,5] c64[7,16] f32[7,11] f32[9,4,3,3] f32[9,4,6,6] f32[9,4,4,5] f32[7,2,8] "
        "i64[7,8,5] f32[7] f32[7] f32[3,5] f32[9,4,3]");
  CHECK(
      resized("rows", {{"x", {3, 12}}, {"borders", {9}}, {"image", {2, 4, 9, 7}}, {"grid", {2, 7, 3, 2}}}) ==
      "i64[3,12] bool[3,12] f32[3,3] i64[3,3] f32[3,12] i64[3,12] c64[3,12] c64[3,7] f32[3,22] "
      "c64[3,7] c64[3,16] f32[3,15] f32[2,4,3,3] f32[2,4,6,6] f32[2,4,7,3] f32[3,2,12] "
      "i64[3,12,5] f32[3] f32[3] f32[3,9] f32[2,4,3]");
}
