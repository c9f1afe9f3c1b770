// What a person reads about a device file with one thing wrong.
#include <catch2/catch.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kGood =
    "schema = \"alidade.device/1\"\nname = \"A box\"\nuse = \"gpu.kernels\"\n"
    "peak_tflops = { f32 = 10.0, bf16 = 40.0 }\ndram_gbps = 500.0\ncores = 40\nclock_mhz = 1500.0\nl2_mb = "
    "6.0\nmemory_gib = 16.0\n";

/// A folder with one device file, box.toml.
class Box {
 public:
  explicit Box(const std::string& text) { write_text(folder / "box.toml", text); }
  /// What `hardware check` says of it, without the place.
  [[nodiscard]] std::string check() const {
    const auto ran = run_program(ALIDADE_BIN, {"hardware", "check", folder / "box.toml"});
    CHECK(ran.code == (ran.err.empty() ? 0 : 2));
    return ran.err.substr(0, ran.err.find('\n'));
  }
  ScratchFolder folder;
};

std::string check_with(const std::string& old, const std::string& changed) {
  auto text = kGood;
  text.replace(text.find(old), old.size(), changed);
  return Box(text).check();
}

}  // namespace

TEST_CASE("a device file that is as it should be passes", "[errors]") {
  const Box box(kGood);
  const auto ran = run_program(ALIDADE_BIN, {"hardware", "check", box.folder / "box.toml"});
  CHECK(ran.err == "");
  CHECK(ran.out == box.folder / "box.toml" + ": ok\n");
}

TEST_CASE("a figure that is misspelt, missing, negative or absurd is told with what belongs there",
          "[errors]") {
  CHECK(check_with("dram_gbps", "dram_gpbs") == "error: [[hardware]] 'box' has no 'dram_gbps'");
  CHECK(check_with("memory_gib", "memory_gb") ==
        "error: unknown key 'memory_gb' in [[hardware]] 'box' (did you mean 'memory_gib'?)");
  CHECK(check_with("dram_gbps = 500.0\n", "") == "error: [[hardware]] 'box' has no 'dram_gbps'");
  CHECK(check_with("500.0", "-500.0") ==
        "error: 'dram_gbps' in [[hardware]] 'box': expected a number above 0 and at most 1e+05, in GB/s, "
        "found "
        "-500");
  CHECK(check_with("500.0", "500e9") ==
        "error: 'dram_gbps' in [[hardware]] 'box': expected a number above 0 and at most 1e+05, in GB/s, "
        "found "
        "5e+11");
  CHECK(check_with("f32 = 10.0", "fp32 = 10.0") ==
        "error: unknown key 'fp32' in 'peak_tflops' in [[hardware]] 'box' (did you mean 'f32'?)");
  CHECK(check_with("f32 = 10.0", "f32 = 0.0") ==
        "error: 'peak_tflops' in [[hardware]] 'box': expected a table of numbers above 0 and at most "
        "1e+06, in "
        "TFLOP/s, found 0");
  CHECK(check_with("{ f32 = 10.0, bf16 = 40.0 }", "{ f32 = \"fast\" }") ==
        "error: [[hardware]] 'box' has no 'peak_tflops'");
  CHECK(check_with("{ f32 = 10.0, bf16 = 40.0 }", "10.0") ==
        "error: 'peak_tflops' in [[hardware]] 'box': expected a table of numbers above 0 and at most "
        "1e+06, in "
        "TFLOP/s, found 10");
}

TEST_CASE("a device without a rate that a model could run at is refused", "[errors]") {
  CHECK(check_with("{ f32 = 10.0, bf16 = 40.0 }", "{}") ==
        "error: 'peak_tflops' in [[hardware]] 'box': expected f32 in it, found an empty table");
  CHECK(check_with("{ f32 = 10.0, bf16 = 40.0 }", "{ f8 = 1, i4 = 2 }") ==
        "error: 'peak_tflops' in [[hardware]] 'box': expected f32 in it, found only f8, i4");
  CHECK(
      Box("schema = \"alidade.device/1\"\nname = \"A box\"\nuse = \"npu.kernels\"\n"
          "peak_tflops = { f64 = 1 }\ndram_gbps = 100\n")
          .check() ==
      "error: 'peak_tflops' in [[hardware]] 'box': expected one of f32, tf32, bf16, f16, f8, i8 in it, found "
      "only f64");
  CHECK(check_with("memory_gib", "band_low = 1e-308\nmemory_gib") ==
        "error: 'band_low' in [[hardware]] 'box': expected a number from 0.01 to 1, found 1e-308");
}

TEST_CASE("a cache that would hold more than the memory behind it is refused", "[errors]") {
  CHECK(check_with("l2_mb = 6.0", "l2_mb = 60000.0") ==
        "error: 'l2_mb' says 60000 MB of cache, and 'memory_gib' 16 GiB of memory: a cache holds less than "
        "its memory");
  CHECK(check_with("l2_mb = 6.0", "l2_mb = 17179.0").empty());  // 16 GiB are 17,179,869,184 bytes
  CHECK(Box("schema = \"alidade.device/1\"\nname = \"A box\"\nuse = \"cpu.kernels\"\n"
            "peak_tflops = { f32 = 1 }\ndram_gbps = 100\ncache_mb = 1100\nmemory_gib = 1\n")
            .check() ==
        "error: 'cache_mb' says 1100 MB of cache, and 'memory_gib' 1 GiB of memory: a cache holds less than "
        "its memory");
}

TEST_CASE("weights in 8 or 4 bits are widened to bf16, and a device without it does not offer them",
          "[errors]") {
  const Box box(kGood);
  write_text(box.folder / "box.toml", std::string(kGood).replace(kGood.find("bf16"), 4, "f16"));
  const auto ran =
      run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", box.folder / "box.toml", "--dtype", "w8"});
  CHECK(ran.err.starts_with("error: 'box' has no w8: it has f32, amp_f16, f16\n"));
}

TEST_CASE("an accelerator runs a model in the numbers that it has", "[errors]") {
  const auto precision = [](const std::string& peaks) {
    const Box box("schema = \"alidade.device/1\"\nname = \"A box\"\nuse = \"npu.kernels\"\npeak_tflops = { " +
                  peaks + " }\ndram_gbps = 100\n");
    const auto ran = run_program(
        ALIDADE_BIN, {"estimate", "resnet18", "--on", box.folder / "box.toml", "--format", "json"});
    const auto at = ran.out.find("\"precision\": \"") + 14;
    return ran.out.substr(at, ran.out.find('"', at) - at);
  };
  CHECK(precision("f8 = 1, i8 = 2") == "f8");
  CHECK(precision("i8 = 2") == "i8");
  CHECK(precision("f32 = 1, bf16 = 2, f8 = 4") == "bf16");
}

TEST_CASE("a band that nobody scored is a guess, and states no coverage", "[errors]") {
  const std::string accelerator =
      "schema = \"alidade.device/1\"\nname = \"A box\"\nuse = \"npu.kernels\"\npeak_tflops = { bf16 = 1 }\n"
      "dram_gbps = 100\n";
  const auto estimated = [](const std::string& text, const std::string& format) {
    const Box box(text);
    return run_program(ALIDADE_BIN,
                       {"estimate", "resnet18", "--on", box.folder / "box.toml", "--format", format})
        .out;
  };
  const auto scored = accelerator + "scored_on = \"a bench\"\n";
  CHECK(estimated(accelerator, "json").find("\"coverage\": null") != std::string::npos);
  CHECK(estimated(scored, "json").find("\"coverage\": 0.8") != std::string::npos);
  CHECK(estimated(accelerator, "text").find(", a guess") != std::string::npos);
  CHECK(estimated(scored, "text").find("a guess") == std::string::npos);
}

TEST_CASE("what a device file says of itself is checked", "[errors]") {
  CHECK(check_with("alidade.device/1", "alidade.device/2") ==
        "error: 'schema' of a device: expected \"alidade.device/1\", found \"alidade.device/2\"");
  CHECK(check_with("schema = \"alidade.device/1\"\n", "") ==
        "error: 'schema' of a device: expected \"alidade.device/1\", found none");
  CHECK(check_with("use = \"gpu.kernels\"\n", "") == "error: the device has no 'use'");
  CHECK(check_with("name", "id = \"x\"\nname") == "error: 'id' has no place in the file of a device");
  CHECK(Box(kGood + "uncertain = [\"launch\"]\n").check() ==
        "error: 'uncertain' in [[hardware]] 'box': 'gpu.kernels' has no option 'launch'");
  CHECK(Box(kGood + "[sources]\nmemory_gb = \"a datasheet\"\n").check() ==
        "error: 'sources' in [[hardware]] 'box': 'gpu.kernels' has no option 'memory_gb' (did you mean "
        "'memory_gib'?)");
  CHECK(check_with("gpu.kernels", "gpu.kernel").starts_with("error: no component 'gpu.kernel'; searched: "));
}

TEST_CASE("a precision that a device lacks is refused, with those that it has", "[errors]") {
  const Box box(kGood);
  const auto ran =
      run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", box.folder / "box.toml", "--dtype", "f8"});
  CHECK(ran.code == 2);
  CHECK(ran.out == "");
  CHECK(ran.err ==
        "error: 'box' has no f8: it has f32, amp_bf16, bf16, w8, w4, mxfp4\n  --> --dtype\n"
        "  fix: choose one of those, or leave --dtype out: as the model was captured\n");
  const auto misspelt =
      run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", box.folder / "box.toml", "--dtype", "bf61"});
  CHECK(misspelt.err.starts_with(
      "error: 'precision' in [[hardware]] 'box': expected one of as_captured, f32, "));
}

TEST_CASE("a device that is not there, and two of one id", "[errors]") {
  const auto missing = run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "h100_smx"});
  CHECK(missing.code == 2);
  CHECK(missing.err ==
        "error: there is no device 'h100_smx' (did you mean 'h100_sxm'?)\n  --> --on\n"
        "  fix: 'alidade hardware list' shows the devices that there are; a new one is a file h100_smx.toml "
        "in a "
        "folder of ALIDADE_HARDWARE_PATH\n");
  const auto twice = run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "l4,l4"});
  CHECK(twice.code == 2);
  CHECK(twice.err == "error: 'l4' is given twice\n  --> --on\n  fix: give it once\n");
}

TEST_CASE("a device is found beside its pipeline first, and an entry comes before it") {
  const Box box(kGood);
  write_text(box.folder / "l4.toml", kGood);
  const auto pipeline = [&](const std::string& entry) {
    write_text(box.folder / "p.toml", "[[model]]\npath = \"" ALIDADE_SOURCE_DIR
                                      "/models/resnet18.onnx\"\n[[hardware]]\ndevice = \"l4\"\n" +
                                          entry + "[[report]]\nuse = \"json\"\n");
    return run_program(ALIDADE_BIN, {"run", box.folder / "p.toml"});
  };
  CHECK(pipeline("").out.find("\"device\": \"A box\"") != std::string::npos);
  CHECK(pipeline("name = \"Mine\"\n").out.find("\"device\": \"Mine\"") != std::string::npos);
  const auto path = run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "box", "--format", "json"},
                                {"ALIDADE_HARDWARE_PATH=" + box.folder / "."});
  CHECK(path.out.find("\"device\": \"A box\"") != std::string::npos);
}
