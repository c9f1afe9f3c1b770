// What the rules of Qualcomm's NPU say by each way of running a model. Expected: two of three are what
// published runs of DeepLab and MiDaS show (two layers on the processor for each ReLU6), the others what the
// runtimes' documents say.
#include <catch2/catch.hpp>

#include "alidade/ir/print.hpp"
#include "host/support/rules.hpp"

using namespace alidade;

namespace {

/// The verdict about the last operator of a graph with these lines.
std::string verdict(const std::string& target, Precision precision, const std::string& lines) {
  const auto graph = parse("graph \"g\" {\n" + lines + "}\n");
  if (!graph) FAIL(graph.error().what);
  std::vector<host::Mistake> mistakes;
  const auto rules = host::read_support({ALIDADE_SOURCE_DIR "/config/hardware/" + target + ".support.toml",
                                         {"--target", 0, 0, host::Origin::flag}},
                                        mistakes);
  INFO(host::to_text(mistakes));
  REQUIRE(rules);
  const auto& found = rules->rule_for(*graph, graph->body().back(), precision).verdict;
  return std::string(name(found.how)) + (found.reason.empty() ? "" : ": " + found.reason);
}

const std::string kClip =
    "  input %x : f32[1,4,8,8]\n  %y = clip(%x) {low=0, high=6} : f32[1,4,8,8]\n  return %y\n";
const std::string kNorm = "(%x, %s, %s, %s, %s) : f32[1,4,8,8]\n  return %y\n";
const std::string kInputs =
    "  input %i : f32[1,4,8,8]\n  parameter %s : f32[4]\n  parameter %w : f32[4,4,1,1]\n";
const std::string kConv =
    "conv(%i, %w) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : f32[1,4,8,8]\n";
const std::string kVideo =
    "  input %x : f32[1,4,8,8,8]\n  parameter %w : f32[4,4,1,1,1]\n  %y = conv(%x, %w) {strides=[1,1,1], "
    "pads_begin=[0,0,0], pads_end=[0,0,0], dilations=[1,1,1]} : f32[1,4,8,8,8]\n  return %y\n";

}  // namespace

TEST_CASE("a ReLU6 stays on the processor where ONNX Runtime has it in quantised form, and only there") {
  const std::string no =
      "unsupported: the bounds of a clip are quantised, too, and with those it makes no operator of the NPU";
  CHECK(verdict("qualcomm_htp_onnx", Precision::i8, kClip) == no);
  CHECK(verdict("qualcomm_htp_onnx_w8a16", Precision::i8, kClip) == no);
  CHECK(verdict("qualcomm_htp_onnx", Precision::f16, kClip) == "native");
  CHECK(verdict("qualcomm_htp_litert_integer", Precision::i8, kClip) == "native");
  CHECK(verdict("qualcomm_htp", Precision::i8, kClip) == "native");
}

TEST_CASE("a norm of batches is taken where it is part of a convolution") {
  const auto behind = [](const std::string& before) {
    return verdict("qualcomm_htp_onnx", Precision::i8,
                   kInputs + "  %x = " + before + "  %y = batch_norm" + kNorm);
  };
  CHECK(behind(kConv) == "native");
  CHECK(behind("relu(%i) : f32[1,4,8,8]\n") ==
        "unsupported: a norm that is not part of a convolution makes no operator of 8-bit numbers");
  CHECK(verdict("qualcomm_htp_onnx_w8a16", Precision::i8,
                kInputs + "  %x = relu(%i) : f32[1,4,8,8]\n  %y = batch_norm" + kNorm) == "native");
}

TEST_CASE("what LiteRT has no 8-bit form of stays off an NPU without floats") {
  CHECK(verdict("qualcomm_htp_litert_integer", Precision::i8, kVideo) ==
        "unsupported: a convolution in three dimensions has no 8-bit form, and stays in floats");
  CHECK(verdict("qualcomm_htp", Precision::i8, kVideo) == "native");
  CHECK(verdict("qualcomm_htp_onnx", Precision::i8, kVideo) == "native");
  CHECK(verdict("qualcomm_htp_litert_integer", Precision::i8,
                "  input %x : f32[4]\n  %y = gelu(%x) : f32[4]\n  return %y\n") ==
        "unsupported: the error function has no 8-bit form, and stays in floats");
}

TEST_CASE("what the file that is extended refuses, those that extend it refuse") {
  for (const std::string target : {"qualcomm_htp", "qualcomm_htp_onnx", "qualcomm_htp_litert_integer"})
    CHECK(
        verdict(target, Precision::i8, "  input %x : f32[n,4]\n  %y = relu(%x) : f32[n,4]\n  return %y\n") ==
        "unsupported: a size is not a number: graphs for the NPU have static shapes");
}
