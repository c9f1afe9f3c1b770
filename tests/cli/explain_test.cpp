#include <catch2/catch.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;

namespace {

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("explain says where a number comes from: formula, shapes, convention, module and source line") {
  const auto done = run_program(ALIDADE_BIN, {"explain", "resnet18", "--node", "layer1.0.conv1"});
  CHECK(done.code == 0);
  CHECK(done.err == "");
  CHECK(
      done.out.starts_with("layer1.0.conv1 of resnet18: 231,211,008 FLOPs\n"
                           "  operator     conv (ai.onnx::Conv), node node_Conv_291\n"
                           "  module       layer1.0.conv1\n"
                           "  source       torchvision/models/resnet.py:92\n"));
  CHECK(holds(done.out,
              "  operands     max_pool2d f32[1,64,56,56]\n"
              "               layer1.0.conv1.weight f32[64,64,3,3]\n"
              "  result       f32[1,64,56,56]\n"));
  CHECK(holds(done.out, "  MACs         115,605,504 = elements(y) x elements(w) / Cout\n"));
  CHECK(holds(done.out, "  convention   flops: counted as 231,211,008\n"));
}

TEST_CASE("explain reads a result, of one model or of several, and finds nodes by the file's own names") {
  const ScratchFolder folder;
  const auto result = folder / "r.json";
  REQUIRE(
      run_program(ALIDADE_BIN, {"profile", "resnet18", "resnet50", "--format", "json", "-o", result}).code ==
      0);
  const auto done = run_program(ALIDADE_BIN, {"explain", result, "--node", "fc"});
  CHECK(done.code == 0);
  CHECK(holds(done.out, "fc of resnet18: 1,024,000 FLOPs\n"));
  CHECK(holds(done.out, "fc of resnet50: 4,096,000 FLOPs\n"));
  const auto node = run_program(ALIDADE_BIN, {"explain", result, "--node", "node_Conv_291"});
  CHECK(holds(node.out, "layer1.0.conv1 of resnet18"));
}

TEST_CASE("explain of a module is the sum of its operators, which a row of the table is, too") {
  const auto done = run_program(ALIDADE_BIN, {"explain", "resnet18", "--node", "layer1.0"});
  CHECK(done.code == 0);
  CHECK(done.out ==
        "layer1.0 of resnet18: 463,826,944 FLOPs\n"
        "  module       7 operators: 2 batch_norm, 2 conv, 2 relu, 1 add\n"
        "  MACs         231,211,008\n"
        "  FLOPs        463,826,944\n"
        "  bytes        12,339,200 = 6,422,528 of inputs + 5,619,712 of outputs + 296,960 of weights, each "
        "operator for itself\n"
        "  convention   flops: counted as 463,826,944\n"
        "  operators    layer1.0.conv1  231,211,008 FLOPs\n"
        "               layer1.0.conv2  231,211,008 FLOPs\n"
        "               layer1.0.bn1  401,408 FLOPs\n"
        "               layer1.0.bn2  401,408 FLOPs\n"
        "               layer1.0.relu/relu  200,704 FLOPs\n"
        "               layer1.0/add  200,704 FLOPs\n"
        "               layer1.0.relu/relu_2  200,704 FLOPs\n"
        "  said by      the sum of its operators; 'explain --node' of one of them says where its part comes "
        "from\n");
  CHECK(holds(run_program(ALIDADE_BIN, {"explain", "resnet18", "--node", "layer1"}).out, "  costliest    "));
}

TEST_CASE("explain says of a dequantize that is written that it moves operands and results") {
  const ScratchFolder folder;
  write_text(folder / "m.alg",
             "graph \"m\" {\n  input %x : u8[8]\n  parameter %s : f32[1]\n"
             "  %y = dequantize(%x, %s) : f32[8]\n  return %y\n}\n");
  CHECK(holds(run_program(ALIDADE_BIN, {"explain", folder / "m.alg", "--node", "y"}).out,
              "44 = 8 of inputs + 32 of outputs + 4 of weights; moves operands, results\n"));
}

TEST_CASE("explain names the rule whose word a figure is") {
  const ScratchFolder folder;
  write_text(
      folder / "m.alg",
      "graph \"m\" {\n  input %x : f32[2]\n  %y = opaque(%x) : f32[2] as \"acme::rope\"\n  return %y\n}\n");
  write_text(folder / "run.toml",
             "[[model]]\npath = \"m.alg\"\n[[operator]]\nop = \"acme::rope\"\nflops_per_element = 3\n"
             "[[analysis]]\nuse = \"cost\"\n[[report]]\nuse = \"json\"\npath = \"" +
                 (folder / "r.json") + "\"\n");
  REQUIRE(run_program(ALIDADE_BIN, {"run", folder / "run.toml"}).code == 0);
  const auto done = run_program(ALIDADE_BIN, {"explain", folder / "r.json", "--node", "y"});
  CHECK(holds(done.out, "y of m: 6 FLOPs\n"));
  CHECK(holds(done.out, "[[operator]] 'acme__rope': the user's word"));
}

TEST_CASE("explain of what is not there, or is no result, says what to do") {
  auto done = run_program(ALIDADE_BIN, {"explain", "resnet18", "--node", "layer1.0.conv3"});
  CHECK(done.code == 2);
  CHECK(done.err.starts_with(
      "error: there is no layer, module or node 'layer1.0.conv3' (did you mean 'layer1.0.conv1'?)\n"));
  const ScratchFolder folder;
  write_text(folder / "other.json", "{\"schema\": \"other/1\"}");
  done = run_program(ALIDADE_BIN, {"explain", folder / "other.json", "--node", "a"});
  CHECK(done.code == 2);
  CHECK(done.err ==
        "error: this is no result of Alidade: expected JSON with \"schema\": \"alidade.result/1\"\n"
        "  --> " +
            (folder / "other.json") + "\n  fix: write one with --format json, or give a model\n");
}

TEST_CASE("explain leaves no file behind and needs no folder for one") {
  const auto done =
      run_program(ALIDADE_BIN, {"explain", "resnet18", "--node", "fc"}, {"TMPDIR=/nowhere/at/all"});
  CHECK(done.code == 0);
  CHECK(holds(done.out, "fc of resnet18: 1,024,000 FLOPs\n"));
}
