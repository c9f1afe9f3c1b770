// What alidade-capture writes beside a module.
#include "reading.hpp"

using namespace stablehlo_test;

namespace {

std::string module_with(const std::string& attributes) {
  return "module @m attributes {mhlo.num_partitions = 1 : i32" + attributes +
         "} {\n  func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {\n    return %x : tensor<2xf32>\n  "
         "}\n}\n";
}

}  // namespace

TEST_CASE("the record of a capture is an attribute of the module, as MLIR prints strings") {
  const auto graph = graph_of(module_with(
      R"(, mhlo.frontend_attributes = {alidade.json = "{\22source\22: \22a.py:f\22, \22why\22: \22one\\ntwo\22}"})"));
  CHECK(graph.attachment("capture") == R"({"source": "a.py:f", "why": "one\ntwo"})");
}

TEST_CASE("a module without a record has none") {
  CHECK(graph_of(module_with("")).attachment("capture").empty());
  CHECK(graph_of(module_with(", mhlo.frontend_attributes = {other = \"x\"}")).attachment("capture").empty());
  CHECK(graph_of(module_with(", mhlo.frontend_attributes = \"x\"")).attachment("capture").empty());
}
