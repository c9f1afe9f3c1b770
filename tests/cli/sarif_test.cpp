// What does not hold, as SARIF: the members that 2.1.0 asks for.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

json results_in(const std::string& file) {
  const auto document = json::parse(read_text(file));
  CHECK(document["version"] == "2.1.0");
  REQUIRE(document["runs"].size() == 1);
  CHECK(document["runs"][0]["tool"]["driver"]["name"] == "alidade");
  return document["runs"][0]["results"];
}

std::string graph(const std::string& width) {
  return "graph \"m\" {\n  input %x : f32[4,8]\n  parameter %w : f32[8," + width +
         "]\n  %a = linear(%x, %w) : f32[4," + width + "]\n  return %a\n}\n";
}

}  // namespace

TEST_CASE("a gate that does not hold is a finding in the last model's file") {
  const ScratchFolder folder;
  const auto before = folder / "a.alg", after = folder / "new model.alg", file = folder / "gates.sarif";
  write_text(before, graph("8")), write_text(after, graph("16"));
  const auto ran = run_program(ALIDADE_BIN, {"compare", before, after, "--fail-above", "macs=2%",
                                             "--fail-above", "ops=2%", "--sarif", file});
  CHECK(ran.code == 1);
  CHECK(ran.out.contains("FAIL  macs grew by 256, 100.00 %; allowed is 2%"));
  const auto results = results_in(file);
  REQUIRE(results.size() == 1);
  CHECK(results[0]["ruleId"] == "macs=2%");
  CHECK(results[0]["level"] == "error");
  CHECK(results[0]["message"]["text"] == "macs grew by 256, 100.00 %; allowed is 2%");
  const std::string uri = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  CHECK(uri.ends_with("/new%20model.alg"));
  CHECK(json::parse(read_text(file))["runs"][0]["tool"]["driver"]["rules"][0]["id"] == "macs=2%");
}

TEST_CASE("gates that hold leave no finding") {
  const ScratchFolder folder;
  const auto file = folder / "gates.sarif";
  const auto ran = run_program(
      ALIDADE_BIN, {"compare", "resnet18", "resnet18", "--fail-above", "macs=2%", "--sarif", file});
  CHECK(ran.code == 0);
  CHECK(results_in(file) == json::array());
}

TEST_CASE("a test that does not hold is a finding by its condition") {
  const ScratchFolder folder;
  const auto tests = folder / "t.toml", file = folder / "tests.sarif";
  write_text(tests, "[[test]]\nthat = \"params < 1M\"\n[[test]]\nthat = \"params < 100M\"\n");
  const auto ran =
      run_program(ALIDADE_BIN, {"test", "resnet18", "resnet50", "--tests", tests, "--sarif", file});
  CHECK(ran.code == 1);
  const auto results = results_in(file);
  REQUIRE(results.size() == 2);
  for (const auto& result : results) {
    CHECK(result["ruleId"] == "params < 1M");
    CHECK(result["message"]["text"].get<std::string>().contains(": does not hold: params < 1M ("));
  }
  const std::string uri = results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  CHECK(uri.ends_with("models/resnet50.onnx"));
}
