// The examples of the application note of torch_neuronx's graph partitioner, and the lines that its log has.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/placement/";

Ran place(const std::string& file, std::vector<std::string> more) {
  std::vector<std::string> args{"place", kFolder + file, "--target", "neuron"};
  args.insert(args.end(), more.begin(), more.end());
  return run_program(ALIDADE_BIN, args);
}

/// The third example: log_softmax goes to the CPU as well, and 80 % have to be supported.
const std::vector<std::string> kThird{"--log", "--set", "placement.min_operator_percentage_threshold=0.8",
                                      "--set", "placement.ops_to_partition=[\"aten::log_softmax\"]"};

const std::string kSupport =
    "Neuron: The following operations are currently supported:\n"
    "Neuron: aten::linear\n"
    "Neuron: aten::relu\n"
    "Neuron: aten::log_softmax\n"
    "Neuron: The following operations are currently not supported:\n"
    "Neuron: aten::sort, unsup.py(28)\n"
    "Neuron: 85.71% of arithmetic operations (6 of 7) are supported\n"
    "Neuron: Num Partitions: 2\n"
    "\n";

/// The rest of the log, the lines of `prim::` operators where the file has them.
std::string partitions(bool prims) {
  return std::string(
             "Neuron: Creating Partition #1 for device: Device.NEURON\n"
             "Neuron: The following operators will be included in this partition:\n") +
         (prims ? "Neuron: prim::GetAttr:9\n" : "") +
         "Neuron: aten::linear:3\n"
         "Neuron: aten::relu:2\n"
         "Neuron: Creating Partition #2 for device: Device.CPU\n"
         "Neuron: The following operators will be included in this partition:\n" +
         (prims ? "Neuron: prim::Constant:4\n" : "") +
         "Neuron: aten::sort:1\n"
         "Neuron: aten::log_softmax:1\n";
}

}  // namespace

TEST_CASE("the third example logs what the application note shows, from every kind of file") {
  for (const std::string ending : {".pt", ".pt2", ".onnx"}) {
    INFO(ending);
    const auto ran = place("sort_last" + ending, kThird);
    CHECK(ran.code == 0);
    CHECK(ran.out == kSupport + partitions(ending == ".pt"));
  }
}

TEST_CASE("the first example puts the sort alone beside the accelerator") {
  for (const std::string ending : {".pt", ".pt2", ".onnx"}) {
    INFO(ending);
    const auto ran = place("sort_last" + ending, {"--format", "json"});
    REQUIRE(ran.code == 0);
    const auto placed = json::parse(ran.out)[0];
    REQUIRE(placed["partitions"].size() == 2);
    CHECK(placed["partitions"][0]["device"] == "neuron");
    CHECK(placed["partitions"][0]["ops"] == 6);
    CHECK(placed["partitions"][1]["ops"] == 1);
    CHECK(placed["operators"].back()["framework_op"] == "aten::sort");
    CHECK(placed["operators"].back()["device"] == "cpu");
    CHECK(placed["moved_bytes"] == 32 * 10 * 4);
  }
}

TEST_CASE("the second example fails with the words of the partitioner") {
  for (const std::string ending : {".pt", ".pt2", ".onnx"}) {
    INFO(ending);
    const auto ran = place("sort_between" + ending, {"--set", "placement.max_subgraph_count=2"});
    CHECK(ran.code == 1);
    CHECK(ran.out == "");
    CHECK(ran.err ==
          "error: ValueError: The partitioner has found 3 subgraphs which exceeds the specified max subgraph "
          "count of 2.\n  --> " +
              kFolder + "sort_between" + ending +
              "\n  fix: raise max_subgraph_count, or allow what splits the model: aten::sort\n");
  }
  CHECK(place("sort_between.pt2", {"--set", "placement.max_subgraph_count=3"}).code == 0);
}

TEST_CASE("the later name of the threshold is the same option") {
  const auto at = [](const std::string& name, const std::string& share) {
    return place("sort_last.pt2", {"--set", "placement." + name + "=" + share});
  };
  for (const std::string name : {"min_operator_percentage_threshold", "model_support_percentage_threshold"}) {
    CHECK(at(name, "0.85").code == 0);
    const auto refused = at(name, "0.9");
    CHECK(refused.code == 1);
    CHECK(refused.err.starts_with(
        "error: ValueError: 85.71% of the operators (6 of 7) are supported, which is below "
        "the specified minimum of 90.00%.\n"));
  }
}

TEST_CASE("a smallest size takes subgraphs that are smaller off the accelerator") {
  const auto placed = [](const std::string& size) {
    const auto ran =
        place("sort_between.pt2", {"--format", "json", "--set", "placement.min_subgraph_size=" + size});
    REQUIRE(ran.code == 0);
    return json::parse(ran.out)[0]["partitions"];
  };
  CHECK(placed("2").size() == 3);  // 2 operators, the sort, 4 operators
  CHECK(placed("3").size() == 2);
  CHECK(placed("3")[0]["device"] == "cpu");
  CHECK(placed("3")[0]["ops"] == 3);
}

TEST_CASE("compiler arguments and parameters of the analysis go into every subgraph of the accelerator") {
  const auto ran =
      place("sort_between.pt2", {"--log", "--set", "placement.compiler_args=[\"--optlevel\", \"1\"]", "--set",
                                 "placement.analyze_parameters=[\"verbose\"]"});
  REQUIRE(ran.code == 0);
  std::size_t times = 0;
  for (auto at =
           ran.out.find("Neuron: Compiler arguments: --optlevel 1\nNeuron: Analyze parameters: verbose\n");
       at != std::string::npos; at = ran.out.find("Compiler arguments", at + 40))
    ++times;
  CHECK(times == 2);
}

TEST_CASE("the analysis has the members of torch_neuronx.analyze") {
  const auto ran = place("sort_last.pt2", {"--analyze", "--format", "json"});
  REQUIRE(ran.code == 0);
  const auto found = json::parse(ran.out)[0];
  CHECK(found["support_percentage"] == "85.71%");
  CHECK(found["supported_operators"] ==
        json{{"aten::linear", 3}, {"aten::log_softmax", 1}, {"aten::relu", 2}});
  REQUIRE(found["unsupported_operators"].size() == 1);
  const auto& sort = found["unsupported_operators"][0];
  CHECK(sort["kind"] == "aten::sort");
  CHECK(sort["failureAt"] == "neuronx-cc");
  CHECK(sort["call"] == "tools/placement_cases/unsup.py(28)");
  CHECK(sort["opGraph"] == "sort");
  CHECK(sort["reason"] == "a sort is not taken");
  CHECK(found.contains("torch_neuronx_version"));
  CHECK(found["neuronx_cc_version"] == "rules of AWS Neuron, SDK 2.32");
  CHECK(place("sort_between.pt2", {"--analyze", "--set", "placement.max_subgraph_count=1"}).code == 0);
}

TEST_CASE("what is forbidden is forbidden in regions, too") {
  const ScratchFolder folder;
  write_text(
      folder / "loop.alg",
      "graph \"g\" {\n  input %x : f32[64,64]\n  %y = loop(%x) {trips=3} : f32[64,64] {\n    argument %a : "
      "f32[64,64]\n    %b = mul(%a, %x) : f32[64,64]\n    yield %b\n  }\n  return %y\n}\n");
  const auto ran =
      run_program(ALIDADE_BIN, {"place", folder / "loop.alg", "--target", "inf2", "--forbid", "mul", "--set",
                                "placement.min_operator_percentage_threshold=0"});
  CHECK(ran.code == 0);
  CHECK(ran.err.find("has no such operator") == std::string::npos);
  CHECK(ran.out.find(": inf2 0/1 ops") != std::string::npos);
  CHECK(ran.out.find("the user forbids it there") != std::string::npos);
}

TEST_CASE("an operator is forbidden by the name of its node and by its file's name for it") {
  for (const std::string word : {"layer1.0.conv1", "node_Conv_291"}) {
    const auto ran = run_program(ALIDADE_BIN, {"place", ALIDADE_SOURCE_DIR "/models/resnet18.onnx",
                                               "--target", "neuron", "--forbid", word});
    INFO(ran.err);
    CHECK(ran.err.find("has no such operator") == std::string::npos);
    CHECK(ran.out.find(", cpu 1; ") != std::string::npos);
  }
  const auto all = run_program(ALIDADE_BIN, {"place", ALIDADE_SOURCE_DIR "/models/resnet18.onnx", "--target",
                                             "neuron", "--forbid", "Conv"});
  CHECK(all.out.find(", cpu 20; ") != std::string::npos);  // a ResNet-18 has 20 convolutions
}

TEST_CASE("what if: an operator is allowed, forbidden, or judged by another file") {
  const auto partitions_with = [](std::vector<std::string> more) {
    more.insert(more.end(), {"--format", "json"});
    const auto ran = place("sort_between.pt2", more);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    return json::parse(ran.out)[0]["partitions"].size();
  };
  CHECK(partitions_with({}) == 3);
  CHECK(partitions_with({"--allow", "aten::sort"}) == 1);
  CHECK(partitions_with({"--allow", "sort"}) == 1);
  CHECK(partitions_with({"--allow", "sort", "--forbid", "log_softmax"}) == 2);
  const ScratchFolder folder;
  write_text(folder / "all.support.toml",
             "schema = \"alidade.support/1\"\n[otherwise]\nverdict = \"native\"\nsource = \"a test\"\n");
  CHECK(partitions_with({"--support", folder / "all.support.toml"}) == 1);
}
