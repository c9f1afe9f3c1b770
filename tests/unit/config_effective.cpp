#include <catch2/catch.hpp>

#include "fake_components.hpp"
#include "host/config/effective.hpp"
#include "pipeline_case.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

FakeComponents components() {
  FakeComponents out;
  out.analysis("cost", {}, {{"cost"}}).options = {
      {"convention", "what is counted", {}, std::string("flops"), {}, {}, false, {"flops", "macs"}, {}},
      {"threshold", "FLOPs per byte", {}, 10.0, {}, {}, false, {}, {}}};
  return out;
}

std::string effective(std::vector<std::string> sets, bool json, bool with_origin) {
  std::vector<host::Mistake> mistakes;
  const auto config = host::read_config({{"pipeline.toml"}, std::move(sets)}, mistakes);
  auto fakes = components();
  const auto node = host::with_defaults(config, fakes.lookup());
  StringSink out;
  if (json)
    host::write_effective_json(node, with_origin, out);
  else
    host::write_effective_toml(node, with_origin, out);
  return out.str();
}

constexpr auto kPipeline =
    "[[model]]\npath = \"m.onnx\"\nbind = { batch = 8 }\n[[analysis]]\nuse = \"cost\"\n";

}  // namespace

TEST_CASE("the effective pipeline says where each value comes from") {
  PipelineCase test;
  const Variable share("ALIDADE_SHARE", std::filesystem::current_path().string());
  test.file("config/defaults.toml", "[[family]]\nmatch = \"*.onnx\"\nfrontend = \"onnx\"\n");
  test.file("pipeline.toml", kPipeline);
  const Variable wall("ALIDADE_SET_limits__wall_s", "5");
  CHECK(effective({"analysis.cost.convention=macs"}, false, true) ==
        "threads = 0  # default\n"
        "trust = false  # default\n"
        "\n[limits]\n"
        "wall_s = 5  # ALIDADE_SET_limits__wall_s\n"
        "memory_mib = 8192  # default\n"
        "cpu_s = 120  # default\n"
        "max_nodes = 4000000  # default\n"
        "max_region_depth = 32  # default\n"
        "max_name_bytes = 65536  # default\n"
        "max_file_mib = 262144  # default\n"
        "standard_input_mib = 4096  # default\n"
        "\n[[model]]\n"
        "path = \"m.onnx\"  # pipeline.toml:2\n"
        "bind.batch = 8  # pipeline.toml:3\n"
        "\n[[family]]\n"
        "match = \"*.onnx\"  # default\n"
        "frontend = \"onnx\"  # default\n"
        "\n[[analysis]]\n"
        "use = \"cost\"  # pipeline.toml:5\n"
        "convention = \"macs\"  # --set\n"
        "id = \"cost\"  # default\n"
        "threshold = 10.0  # default\n");
}

TEST_CASE("the effective pipeline reads back to itself") {
  PipelineCase test;
  test.file("pipeline.toml", std::string("name = \"a $${env:X} of $$${env:\"\n") + kPipeline);
  const auto once = effective({}, false, false);
  const Variable share("ALIDADE_SHARE", std::filesystem::current_path().string());
  test.file("config/defaults.toml");
  test.file("pipeline.toml", once);
  CHECK(effective({}, false, false) == once);
}

TEST_CASE("the effective pipeline as JSON, plain and with origins") {
  PipelineCase test;
  const Variable share("ALIDADE_SHARE", std::filesystem::current_path().string());
  test.file("config/defaults.toml");
  test.file("pipeline.toml", "[[report]]\nuse = \"table\"\n");
  CHECK(effective({"threads=2"}, true, false) == R"({
  "threads": 2,
  "trust": false,
  "limits": {
    "memory_mib": 8192,
    "cpu_s": 120,
    "wall_s": 180,
    "max_nodes": 4000000,
    "max_region_depth": 32,
    "max_name_bytes": 65536,
    "max_file_mib": 262144,
    "standard_input_mib": 4096
  },
  "report": [
    {
      "use": "table",
      "id": "table",
      "path": "-"
    }
  ]
}
)");
  CHECK(effective({"threads=2"}, true, true).starts_with(R"({
  "threads": {
    "value": 2,
    "origin": "--set"
  },)"));
}

TEST_CASE("the effective pipeline is printed even where it is wrong") {
  PipelineCase test;
  test.file("pipeline.toml", "threads = \"x\"\n[analysis]\nuse = \"cost\"\n[[report]]\nuse = 3\n");
  const auto text = effective({}, false, true);
  CHECK(text.find("threads = \"x\"  # pipeline.toml:1\n") != text.npos);
  CHECK(text.find("\n[analysis]\nuse = \"cost\"  # pipeline.toml:3\n") != text.npos);
  CHECK(text.find("\n[[report]]\nuse = 3  # pipeline.toml:5\n") != text.npos);
}
