#include "map/catalogue.hpp"

#include <fstream>

#include "reading.hpp"

using namespace alidade;

TEST_CASE("every operator of the default domain has a rule", "[onnx]") {
  CHECK(onnx_file::unnamed_operators().empty());
}

TEST_CASE("docs/onnx_operators.md is what the rules say", "[onnx][docs]") {
  const std::string path = std::string(ALIDADE_SOURCE_DIR) + "/docs/onnx_operators.md";
  if (std::getenv("ALIDADE_WRITE_DOCS")) std::ofstream(path) << onnx_file::operator_catalogue();
  CHECK(onnx_test::contents(path) == onnx_file::operator_catalogue());
}
