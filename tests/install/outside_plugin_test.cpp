#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

const std::string kProgram = ALIDADE_INSTALLED "/bin/alidade";
const std::string kExample = ALIDADE_SOURCE_DIR "/examples/inhouse_hardware";
const std::vector<std::string> kOutside{"ALIDADE_PLUGIN_PATH=" ALIDADE_OUTSIDE_PLUGIN_DIR};

/// The times of two operators of small.alg, worked by hand; nobody prices the third. All tensors are f32, so
/// a quarter of the peak counts; 1000 columns fill 8 tiles of 128 to 1000 / 1024.
struct ByHand {
  double linear, relu;
};
ByHand by_hand(double peak_tops, double dram_gbps) {
  const double flops_per_s = peak_tops * 1e12 / 4, bytes_per_s = dram_gbps * 1e9;
  const double linear_flops = 2.0 * 512 * 256 * 1000,
               linear_bytes = 4.0 * (512 * 256 + 1000 * 256 + 512 * 1000);
  const double relu_bytes = 4.0 * (512 * 1000 + 512 * 1000);
  return {std::max(linear_flops / (flops_per_s * 1000 / 1024), linear_bytes / bytes_per_s),
          relu_bytes / bytes_per_s};
}

}  // namespace

TEST_CASE("the installed program describes a plugin from outside") {
  const auto ran = run_program(kProgram, {"plugins", "describe", "acme.npu"}, kOutside);
  CHECK(ran.err == "");
  CHECK(ran.out ==
        "acme.npu: The Acme NPU as a compute and bandwidth roofline\n"
        "  hardware of acme 1.0, " ALIDADE_OUTSIDE_PLUGIN_DIR
        "/acme.so\n"
        "  peak_tops = 40  # TOP/s\n"
        "      dense peak at 8 bits; half of it at 16, a quarter at 32 (number, above 0)\n"
        "  dram_gbps = 100  # GB/s\n"
        "      sustained memory bandwidth (number, above 0)\n");
  CHECK(ran.code == 0);
}

TEST_CASE("a plugin from outside says what a model would take") {
  const auto ran = run_program(kProgram, {"run", kExample + "/pipeline.toml"}, kOutside);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto hardware = nlohmann::json::parse(ran.out).at("hardware");
  REQUIRE(hardware.size() == 2);
  CHECK(hardware[0].at("id") == "npu_small");
  CHECK(hardware[0].at("component") == "acme.npu");
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& times = hardware[i].at("layer_time_s");
    const auto expected = i == 0 ? by_hand(26, 200) : by_hand(104, 400);
    REQUIRE(times.size() == 3);
    CHECK(times[0].get<double>() == Approx(expected.linear).epsilon(1e-12));
    CHECK(times[1].get<double>() == Approx(expected.relu).epsilon(1e-12));
    CHECK(times[2].is_null());
    CHECK(hardware[i].at("time_s_upper").is_null());
    CHECK(hardware[i].at("unpriced_ops") == 1);
    CHECK(hardware[i].at("time_s").get<double>() == Approx(expected.linear + expected.relu).epsilon(1e-12));
    CHECK(hardware[i].at("unsupported").size() == 1);
    CHECK(hardware[i].at("unsupported")[0].at("reason") == "sorting runs on the host's processor");
  }
  CHECK(hardware[0].at("time_s").get<double>() ==
        Approx(262144000.0 * 1.024 / 6.5e12 + 4096000.0 / 200e9).epsilon(1e-12));
  CHECK(hardware[0].at("layer_bound")[0] == "compute");
  CHECK(hardware[1].at("layer_bound")[0] == "compute");
  CHECK(hardware[1].at("layer_bound")[1] == "memory");
  CHECK(hardware[1].at("layer_bound")[2] == "unknown");
}

TEST_CASE("an operator from outside makes a number of an unknown operator") {
  const std::string example = ALIDADE_SOURCE_DIR "/examples/inhouse_operator/pipeline.toml";
  const auto ran =
      run_program(kProgram, {"run", example}, {"ALIDADE_PLUGIN_PATH=" ALIDADE_OUTSIDE_OPERATOR_DIR});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto result = nlohmann::json::parse(ran.out);
  CHECK(result.at("total_flops") == 2 * 16 * 64 * 3);
  CHECK(result.at("total_memory") == 2 * 2 * 16 * 64 * 4);
  CHECK(result.at("totals").at("opaque_ops") == 0);
  CHECK(result.at("layers")[0].at("stated_by") == "acme_operators.rope");
}

TEST_CASE("a placer from outside cuts a model once") {
  const std::string example = ALIDADE_SOURCE_DIR "/examples/inhouse_placer/pipeline.toml";
  const auto ran =
      run_program(kProgram, {"run", example}, {"ALIDADE_PLUGIN_PATH=" ALIDADE_OUTSIDE_PLACER_DIR});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto placed = nlohmann::json::parse(ran.out).at("analyses").at("placement");
  CHECK(placed.at("placer") == "ends");
  const auto& operators = placed.at("operators");
  REQUIRE(operators.size() == 4);
  for (std::size_t i = 1; i < 4; ++i)  // once beside the accelerator, always beside it
    CHECK((operators[i - 1].at("device") == "inf2" || operators[i].at("device") == "epyc_7763"));
  CHECK(operators[2].at("verdict") == "unsupported");
  CHECK(operators[2].at("device") == "epyc_7763");
}

TEST_CASE("a process of somebody else's asks what the installed program says") {
  const std::string model = ALIDADE_SOURCE_DIR "/models/resnet18.onnx";
  const auto asked = run_program(ALIDADE_EMBEDDING, {model, "l4"});
  INFO(asked.err);
  REQUIRE(asked.code == 0);
  const auto rows = nlohmann::json::parse(run_program(kProgram, {"estimate", model, "--on", "l4", "--batch",
                                                                 "1,2,4,8,16,32,64,128", "--format", "json"})
                                              .out);
  REQUIRE(rows.size() == 8);
  std::string expected;
  for (const auto& row : rows) {
    char line[64];
    std::snprintf(line, sizeof line, "%5d%12.3f ms\n", row.at("batch").get<int>(),
                  1e3 * row.at("time_s").get<double>());
    expected += line;
  }
  CHECK(asked.out == expected);
}
