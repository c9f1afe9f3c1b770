// What ONNX Runtime's quantiser writes, counted by hand from the sizes in tools/onnx_cases/make_cases.py.
#include "alidade/ir/work.hpp"
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

Work work_of(const Graph& g, std::string_view value) {
  const auto w = work(g, g.producer(value_named(g, value)));
  REQUIRE(w);
  CHECK(w->certainty == Certainty::exact);
  return *w;
}

}  // namespace

TEST_CASE("quantised products are the float ones, over weights of a byte", "[onnx]") {
  const Graph g = read(request(kCases + "integers.onnx"));
  // [2,32] by [6,32]: bias 6 x 4, scales 6 x 4, zero points 6; the operands' own scale 4 and zero point 1
  for (const auto* name : {"gemm", "gemm_f"}) {
    CHECK(work_of(g, name).macs.value == 2 * 6 * 32);
    CHECK(work_of(g, name).weight.value == 6 * 32 + 6 * 4 + 6 * 4 + 6 + 4 + 1);
  }
  CHECK(work_of(g, "gemm").output.value == 2 * 6);
  CHECK(work_of(g, "gemm_f").output.value == 2 * 6 * 4);
  CHECK(work_of(g, "gemm8").macs.value == 2 * 6 * 32);
  CHECK(work_of(g, "gemm8").weight.value == 6 * 32 + 4);
}

TEST_CASE("what is quantised as it runs is multiplied as bytes", "[onnx]") {
  const Graph g = read(request(kCases + "integers.onnx"));
  const auto product = work_of(g, "dynamic"), quantise = work_of(g, "dynamic/quantize");
  CHECK(product.macs.value == 2 * 6 * 32);
  CHECK(product.dtype == Dtype::u8);
  CHECK(product.input.value == 2 * 32);
  CHECK(quantise.flops.value == 4 * 2 * 32);
}

TEST_CASE("an LSTM quantised as it runs has the products of one that is not", "[onnx]") {
  const Graph g = read(request(kCases + "integers.onnx"));
  const auto lstm = work_of(g, "y");
  CHECK(lstm.macs.value == 5 * 2 * 4 * 12 * (8 + 12));
  // weights of a byte, bias 96 x 4, a scale and a zero point for each of 48 rows, twice
  CHECK(lstm.weight.value == 48 * (8 + 12) + 96 * 4 + 2 * 48 * (4 + 1));
}

TEST_CASE("rows of four bits are read at four bits, whichever type packs them", "[onnx]") {
  const Graph g = read(request(kCases + "integers.onnx"));
  for (const std::string name : {"rows4", "rows8"}) {
    INFO(name);
    CHECK(work_of(g, name).weight.value == 3 * 64 / 2);
    CHECK(work_of(g, name).output.value == 3 * 64 * 2);
    CHECK(work_of(g, name + "/scales").weight.value == 3 * 4 * 2);
    CHECK(work_of(g, name + "/zero_points").weight.value == 3 * 2);
  }
}

TEST_CASE("functions on quantised tensors have the shape that their operands spread to", "[onnx]") {
  const Graph g = read(request(kCases + "integers.onnx"));
  CHECK(work_of(g, "gated").flops.value == 3 * 4 * 4);
  CHECK(work_of(g, "where").flops.value == 3 * 4 * 4);
  CHECK(work_of(g, "mean").flops.value == 3 * 4 * 4 + 3);
  CHECK(work_of(g, "pool").flops.value == 3 * 2 * 2 * (4 + 1));
}
