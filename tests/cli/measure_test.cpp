// Models that run here, beside what is estimated of them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

constexpr std::string_view kRest =
    "input %x : f32[64,64]\nparameter %w : f32[64,64]\n%a = linear(%x, %w) : f32[64,64]\n"
    "%b = softmax(%a) {axes=[1]} : f32[64,64]\nreturn %b\n}\n";

/// A program in place of alidade-capture, which answers with a graph of two operators that somebody has run.
struct Running {
  ScratchFolder folder;

  explicit Running(const std::string& attachment) {
    write_text(folder / "two.alg",
               "graph \"two\" {\nattachment \"measured\" " + attachment + "\n" + std::string(kRest));
    const auto script = folder / "capture";
    write_text(script, "#!/bin/sh\necho \"$@\" > '" + (folder / "asked") + "'\necho '{\"path\": \"" +
                           (folder / "two.alg") + "\"}'\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] Ran measure(std::vector<std::string> words) const {
    const std::vector<std::string> fixed{"measure", "hf:two",
                                         "--set",   "frontend.capture.command=" + (folder / "capture"),
                                         "--on",    "xeon_8480p"};
    words.insert(words.begin(), fixed.begin(), fixed.end());
    return run_program(ALIDADE_BIN, words);
  }
};

const std::string kTimes =
    R"("{\"device\": \"cpu\", \"threads\": 2, \"runs\": 7, \"whole_s\": 0.25, \"operators\": {\"a\": 0.125, \"b\": 0.0625}}")";

Ran measure(std::vector<std::string> words, const std::string& data_home = "/nonexistent") {
  words.insert(words.begin(), "measure");
  return run_program(ALIDADE_BIN, words, {"XDG_DATA_HOME=" + data_home});
}

}  // namespace

TEST_CASE("what a source took is beside what is estimated, operator by operator") {
  const Running test(kTimes);
  const auto ran = test.measure({"--format", "json", "--runs", "7", "--device", "cuda:1"});
  REQUIRE(ran.code == 0);
  CHECK(read_text(test.folder / "asked") == "cached hf:two --measure-runs 7 --device cuda:1\n");
  const auto row = json::parse(ran.out)[0];
  CHECK(row["backend"] == "eager");
  CHECK(row["layout"] == "as_given");
  const auto& said = row["measured"];
  CHECK(said["how"] == "on cpu, 2 threads, median of 7 runs");
  CHECK(said["time_s"] == 0.25);
  REQUIRE(said["kernels"].size() == 2);
  CHECK(said["kernels"][0]["name"] == "a");
  CHECK(said["kernels"][0]["kind"] == "gemm");
  CHECK(said["kernels"][0]["flops"] == 2 * 64 * 64 * 64);
  CHECK(said["kernels"][0]["measured_s"] == 0.125);
  CHECK(said["kernels"][1]["kind"] == "row_wise");
}

TEST_CASE("the page has the whole, the sum, and then the kernels whose differences matter") {
  const auto page = Running(kTimes).measure({}).out;
  CHECK(page.starts_with(
      "Measured (on cpu, 2 threads, median of 7 runs) beside estimated, two on xeon_8480p: 2 of 2 "
      "rows name an operator of the model\n"));
  const auto whole = page.find("\n  (whole model) "), sum = page.find("\n  (sum of kernels) ");
  const auto a = page.find("\n  a "), b = page.find("\n  b ");
  CHECK((whole < sum && sum < a && a < b && b != page.npos));
}

TEST_CASE("the table of kernels is one that an estimate reads") {
  const Running test(kTimes);
  const auto csv = test.folder / "times.csv";
  REQUIRE(test.measure({"-o", csv}).code == 0);
  const auto text = read_text(csv);
  CHECK(text.starts_with(
      "model,on,node,kind,in,flops,bytes,time_s,estimated_s\r\ntwo,xeon_8480p,a,gemm,f32,524288,"));
  const auto ran = run_program(ALIDADE_BIN, {"estimate", test.folder / "two.alg", "--on", "xeon_8480p",
                                             "--measured", csv, "--format", "json"});
  REQUIRE(ran.code == 0);
  CHECK(json::parse(ran.out)[0]["measured"]["matched_rows"] == 2);
}

TEST_CASE("a file that holds no code is refused before it is read, with what to do", "[errors]") {
  const std::string fix =
      "  fix: measure what it was made from: a source (torchvision:resnet18, net.py:Net), or a file of "
      "torch.jit.save\n";
  const auto onnx = measure({"resnet18", "--on", "xeon_8480p"});
  CHECK(onnx.code == 2);
  CHECK(onnx.out.empty());
  CHECK(
      onnx.err.starts_with("error: the frontend 'onnx' reads this file, which holds nothing that can be run\n"
                           "  --> "));
  CHECK(onnx.err.ends_with("resnet18.onnx\n" + fix));
  const auto pt2 = measure({ALIDADE_SOURCE_DIR "/tests/frontends/data/resnet18.pt2", "--on", "xeon_8480p"});
  CHECK(pt2.code == 2);
  CHECK(pt2.err ==
        "error: the frontend 'dynamo' reads this file, which holds nothing that can be run\n"
        "  --> " ALIDADE_SOURCE_DIR "/tests/frontends/data/resnet18.pt2\n" +
            fix);
}

TEST_CASE("times that make no sense are none", "[errors]") {
  const Running test(R"("{\"operators\": {\"a\": \"long\"}}")");
  const auto ran = test.measure({});
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(
      ran.err.contains("error: the frontend 'text' reads this file, which holds nothing that can be run\n"));
}

TEST_CASE("without a device the one of this machine is taken, where there is one", "[errors]") {
  const auto none = measure({"resnet18"});
  CHECK(none.code == 2);
  CHECK(none.err ==
        "error: nobody has calibrated this machine, so there is nothing to put beside what it takes\n  --> "
        "--on\n"
        "  fix: calibrate it: alidade calibrate cpu; or name a device like it: --on xeon_8480p\n");
  const ScratchFolder data;
  std::filesystem::create_directories(data / "alidade/hardware");
  std::filesystem::copy_file(ALIDADE_SOURCE_DIR "/config/hardware/epyc_7763.toml",
                             data / "alidade/hardware/this_cpu.toml");
  CHECK(measure({"resnet18"}, data / "").err.starts_with("error: the frontend 'onnx' reads this file"));
  const auto list = run_program(ALIDADE_BIN, {"hardware", "list"}, {"XDG_DATA_HOME=" + (data / "")});
  CHECK(list.out.contains("\n  this_cpu "));
}

TEST_CASE("a calibration is the package's, with the words of the command line", "[errors]") {
  const ScratchFolder folder;
  const auto script = folder / "capture";
  write_text(script, "#!/bin/sh\necho \"$@\"\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const auto calibrate = [](const std::string& program, std::vector<std::string> words) {
    words.insert(words.begin(), "calibrate");
    return run_program(ALIDADE_BIN, words, {"ALIDADE_CAPTURE=" + program});
  };
  CHECK(calibrate(script, {"cpu", "-o", "box.toml", "--force"}).out == "calibrate cpu -o box.toml --force\n");
  const auto none = calibrate("/nonexistent/capture", {"cpu"});
  CHECK(none.code == 2);
  CHECK(none.err ==
        "error: calibrating is part of the Python package, and there is no program alidade-capture\n"
        "  fix: pip install 'alidade[capture]', or set ALIDADE_CAPTURE to where it is\n");
  CHECK(calibrate(script, {"gpu"}).code == 2);
}
