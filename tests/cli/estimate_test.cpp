// `estimate`, and a target wherever a person looks.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

json rows(std::vector<std::string> args) {
  args.insert(args.begin(), "estimate");
  args.insert(args.end(), {"--format", "json"});
  const auto ran = run_program(ALIDADE_BIN, args);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every model at every batch has a row for every device") {
  const auto all =
      rows({"resnet18", "mobilenet_v2", "--on", "h100_sxm,l4", "--dtype", "bf16", "--batch", "1,32"});
  REQUIRE(all.size() == 8);
  CHECK(all[0]["model"] == "resnet18-batch1");
  CHECK(all[2]["model"] == "resnet18-batch32");
  CHECK(all[2]["batch"] == 32);
  CHECK(all[1]["target"] == "l4");
  CHECK(all[1]["precision"] == "bf16");
  for (const auto& row : all) {
    CHECK(row["time_s"] == row["time_s_upper"]);
    CHECK(row["fits"] == true);
    CHECK(row["unpriced_ops"] == 0);
  }
  CHECK(all[2]["time_s"] > all[0]["time_s"]);
  CHECK(all[3]["per_second"] > all[1]["per_second"]);
  CHECK(all[1]["time_s"] > all[0]["time_s"]);
}

TEST_CASE("a batch out of several is the same as that batch alone") {
  for (const std::vector<std::string>& model :
       {std::vector<std::string>{"resnet18"}, {"bert_base", "--bind", "seq=16"}}) {
    const auto with = [&](const std::string& batch) {
      auto args = model;
      args.insert(args.end(), {"--on", "l4", "--batch", batch});
      return rows(args);
    };
    const auto several = with("2,8"), alone = with("8");
    CHECK(several[1]["time_s"] == alone[0]["time_s"]);
    CHECK(several[1]["memory_bytes"] == alone[0]["memory_bytes"]);
  }
}

TEST_CASE("half the bits take half the weights and less time") {
  const auto wide = rows({"resnet50", "--on", "l4", "--dtype", "f32"})[0];
  const auto half = rows({"resnet50", "--on", "l4", "--dtype", "bf16"})[0];
  CHECK(half["memory_bytes"] < wide["memory_bytes"]);
  CHECK(half["time_s"] < wide["time_s"]);
}

TEST_CASE("the page has a line for each, then the kernels that take most") {
  const auto ran = run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "h100_sxm,l4", "--top", "2"});
  CHECK(ran.code == 0);
  CHECK(has(ran.out, "model     on        kernels as  batch"));
  CHECK(has(ran.out, "\nKernels of resnet18 on l4 that take most, of "));
  const auto csv = run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "l4", "--format", "csv"});
  CHECK(csv.out.starts_with("model,target,device,component,backend,precision,layout,batch,"));
}

TEST_CASE("a model that does not fit is said first, with what would fit") {
  const ScratchFolder folder;
  write_text(folder / "small.toml",
             "schema = \"alidade.device/1\"\nname = \"Small\"\nuse = \"gpu.kernels\"\n"
             "peak_tflops = { f32 = 1.0, bf16 = 2.0 }\ndram_gbps = 10.0\ncores = 4\nclock_mhz = "
             "1000.0\nl2_mb = 1.0\nmemory_gib = 0.05\ncontext_mib = 0.0\n");
  const auto ran =
      run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", folder / "small.toml", "--batch", "4"});
  INFO(ran.out);
  CHECK(ran.out.starts_with("resnet18: it does not fit on small: it takes "));
  CHECK(has(ran.out, " of 53.7 MB; it would fit in bf16"));
}

TEST_CASE("a target shows in every report, in query, compare and explain") {
  const std::vector<std::string> on{"--on", "l4"};
  const auto with = [&](std::vector<std::string> args) {
    args.insert(args.end(), on.begin(), on.end());
    const auto ran = run_program(ALIDADE_BIN, args);
    INFO(ran.err);
    CHECK(ran.code == 0);
    return ran.out;
  };
  CHECK(has(with({"profile", "resnet18"}), "\nHardware Estimates"));
  CHECK(has(with({"profile", "resnet18", "--format", "brief"}), "\nHardware:\n  l4:"));
  CHECK(has(with({"profile", "resnet18", "--format", "csv"}), "time_s:l4"));
  CHECK(has(with({"profile", "resnet18", "--format", "trace"}), "\"l4\""));
  CHECK(has(with({"profile", "resnet18", "--format", "model_explorer"}), "\"time_s:l4\""));
  const auto query = with({"query", "resnet18", "time_s.l4 > 0", "--sort", "time_s.l4", "--limit", "2"});
  CHECK(has(query, " of 69 operators\n"));
  CHECK(std::ranges::count(query, '\n') == 4);
  CHECK(has(with({"compare", "resnet18", "resnet50"}), "time_s.l4"));
  const auto why = with({"explain", "resnet18", "--node", "conv1"});
  CHECK(has(why, "conv1 of resnet18 on l4: "));
  CHECK(has(why, "\n  tier         datasheet\n"));
  CHECK(has(why, " for 3,851,008 B at 300 GB/s x 0.9\n"));
  const auto gate = run_program(
      ALIDADE_BIN, {"compare", "resnet18", "resnet50", "--on", "l4", "--fail-above", "time_s.l4=5%,0"});
  CHECK(gate.code == 1);
  CHECK(has(gate.out, "time_s.l4 grew by "));
}

TEST_CASE("devices are listed and shown with their sources") {
  const auto list = run_program(ALIDADE_BIN, {"hardware", "list"});
  CHECK(list.code == 0);
  CHECK(has(list.out, "NVIDIA H100 SXM5 80 GB\n"));
  const auto show = run_program(ALIDADE_BIN, {"hardware", "show", "h100_sxm"});
  CHECK(show.code == 0);
  CHECK(has(show.out, "  l2_gbps = 9700.0  # GB/s  (uncertain)\n"));
  CHECK(has(show.out, "      from: measured on an H200 (te42kyfo/gpu-benches), whose cores it has\n"));
  const auto bare = run_program(ALIDADE_BIN, {"hardware", "show", "l4"});
  CHECK(has(bare.out, "  idle_watts = not stated  # W  (default)\n"));
}

TEST_CASE("a device of one's own is one file") {
  const std::string folder = ALIDADE_SOURCE_DIR "/examples/inhouse_device/";
  const auto check = run_program(ALIDADE_BIN, {"hardware", "check", folder + "acme_gpu.toml"});
  CHECK(check.err == "");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder + "pipeline.toml"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto hardware = json::parse(ran.out).at("hardware");
  REQUIRE(hardware.size() == 2);
  CHECK(hardware[0]["device"] == "Acme GPU");
  CHECK(hardware[0]["uncertain"] == json({"compute_share"}));
  const auto linear = hardware[0]["layer_time_s"][0].get<double>();
  const auto relu = hardware[0]["layer_time_s"][1].get<double>();
  const double multiplying = 2.0 * 512 * 256 * 1000 / (10e12 * 0.5);
  CHECK(linear > 1e-6 + multiplying);  // 32 tiles on 20 cores: the last wave is not full
  CHECK(linear < 1e-6 + 2 * multiplying);
  CHECK(relu == Approx(1e-6 + 1000 / 1.5e9 + 4.0 * (512 * 1000 + 512 * 1000) / 100e9).epsilon(0.01));
  CHECK(hardware[1]["layer_time_s"][0].get<double>() < linear / 2);
}
