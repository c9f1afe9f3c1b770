// `train-plan`: what a training step takes.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "schema_objections.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/memory/training/";
const std::string kVit = kFolder + "vit_tiny.pt2";

Ran train(std::vector<std::string> args, const std::string& model = kVit) {
  args.insert(args.begin(), {"train-plan", model, "--on", "h100_sxm"});
  return run_program(ALIDADE_BIN, args);
}
json plan(std::vector<std::string> args, const std::string& model = kVit) {
  args.insert(args.end(), {"--format", "json"});
  const auto ran = train(args, model);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto document = json::parse(ran.out);
  CHECK(schema_objections("training", document) == "");
  return document["models"][0]["targets"][0];
}
std::uint64_t bytes(const json& target, const std::string& part) {
  return target.at(part + "_bytes").get<std::uint64_t>();
}

}  // namespace

TEST_CASE("a step in f32 holds what the analysis training says") {
  const auto ran = run_program(ALIDADE_BIN, {"profile", kVit, "--with", "training", "--format", "json"});
  REQUIRE(ran.code == 0);
  const auto training = json::parse(ran.out)["analyses"]["training"];
  const auto target = plan({"--dtype", "f32"});
  CHECK(target["peak_bytes"] == training["peak"]["bytes"]);
  CHECK(target["kept_at_turn_bytes"] == training["kept_bytes"]);
  CHECK(target["operator"] == training["peak"]["operator"]);
}

TEST_CASE("of every parameter an optimizer keeps what its rule says") {
  const auto of = [](const std::string& optimizer) {
    return bytes(plan({"--optimizer", optimizer, "--dtype", "f32"}), "state");
  };
  const auto parameters = bytes(plan({"--dtype", "f32"}), "parameter");
  CHECK(of("sgd") == 0);
  CHECK(of("momentum") == parameters);
  CHECK(of("adam") == of("adamw"));
  CHECK(static_cast<double>(of("adamw")) == Approx(2.0 * static_cast<double>(parameters)).epsilon(1e-4));
}

TEST_CASE("16 bits halve parameters, gradients and activations, and masters and state stay in 32") {
  const auto wide = plan({"--dtype", "f32"}), narrow = plan({"--dtype", "bf16"});
  const auto bare = plan({"--dtype", "bf16", "--no-masters"}), amp = plan({"--dtype", "amp_bf16"});
  CHECK(bytes(narrow, "parameter") * 2 == bytes(wide, "parameter"));
  CHECK(bytes(narrow, "master") == bytes(wide, "parameter"));
  CHECK(bytes(narrow, "state") == bytes(wide, "state"));
  CHECK(static_cast<double>(bytes(narrow, "kept_at_turn")) ==
        Approx(static_cast<double>(bytes(wide, "kept_at_turn")) / 2).epsilon(0.01));
  CHECK(bytes(bare, "master") == 0);
  CHECK(bytes(bare, "state") < bytes(narrow, "state"));
  CHECK(bytes(amp, "parameter") == bytes(wide, "parameter"));
  CHECK(bytes(amp, "kept_at_turn") < bytes(wide, "kept_at_turn"));
}

TEST_CASE("each stage of ZeRO divides one thing more among the devices") {
  const auto stage = [](const std::string& zero) {
    return plan({"--devices", "8", "--zero", zero, "--dtype", "bf16"});
  };
  const auto none = stage("0"), first = stage("1"), second = stage("2"), third = stage("3");
  const auto eighth = [](std::uint64_t all) { return (all + 7) / 8; };
  CHECK(bytes(first, "state") == eighth(bytes(none, "state")));
  CHECK(bytes(first, "master") == eighth(bytes(none, "master")));
  CHECK(bytes(first, "parameter") == bytes(none, "parameter"));
  const auto gradients = bytes(none, "parameter");  // of the same type, one for each
  CHECK(bytes(second, "gradient") >= eighth(gradients));
  CHECK(bytes(second, "gradient") < 2 * eighth(gradients));
  CHECK(bytes(third, "parameter") == eighth(bytes(none, "parameter")));
  CHECK(bytes(third, "gathered") > 0);
  CHECK(bytes(third, "peak") < bytes(none, "peak"));
  CHECK(none["collectives_s"].get<double>() > 0);
  CHECK(third["collectives_s"].get<double>() > first["collectives_s"].get<double>());
}

TEST_CASE("checkpoints spare memory and take the time of what runs again") {
  const auto whole = plan({}), again = plan({"--checkpoint", "all"});
  CHECK(again["blocks"] == 12);
  CHECK(again["blocks_run_again"] == 12);
  CHECK(bytes(again, "kept_at_turn") < bytes(whole, "kept_at_turn"));
  CHECK(bytes(again, "peak") < bytes(whole, "peak"));
  CHECK(again["run_again_s"].get<double>() > 0);
  CHECK(again["step_s"].get<double>() ==
        Approx(whole["step_s"].get<double>() + again["run_again_s"].get<double>()));
  const auto named = plan({"--checkpoint", "blocks.*"});
  CHECK(named["peak_bytes"] == again["peak_bytes"]);
  const auto kept = plan({"--checkpoint", "all", "--checkpoint-keep", "attention,half-products"});
  CHECK(kept["flops_run_again"] < again["flops_run_again"]);
  CHECK(bytes(kept, "kept_at_turn") > bytes(again, "kept_at_turn"));
}

TEST_CASE("the best checkpoints stay within the goal and take no more than all of them") {
  const auto whole = plan({}), again = plan({"--checkpoint", "all"});
  const auto middle = (bytes(whole, "peak") + bytes(again, "peak")) / 2 / 1000000;
  const auto best = plan({"--checkpoint", "best", "--memory-goal", std::to_string(middle) + "MB"});
  CHECK(best["keeps_goal"] == true);
  CHECK(bytes(best, "peak") <= middle * 1000000);
  CHECK(best["flops_run_again"] < again["flops_run_again"]);
  const auto never = train({"--checkpoint", "best", "--memory-goal", "1MB"});
  CHECK(never.code == 0);
  CHECK(never.out.find("none stays within 1.00 MB: this is the nearest") != std::string::npos);
}

// Its two layers make out so little that running one again holds no less.
TEST_CASE("where no modules lower the peak all of them are refused, and the best are none") {
  CHECK(train({"--checkpoint", "all"}, kFolder + "bert.pt2").err ==
        "error: no class of modules lowers the peak when each of them runs again\n  --> --checkpoint\n  fix: "
        "name "
        "paths; some that there are: embeddings, embeddings.word_embeddings, "
        "embeddings.token_type_embeddings\n");
  const auto best = train({"--checkpoint", "best", "--memory-goal", "1MB"}, kFolder + "bert.pt2");
  CHECK(best.code == 0);
  CHECK(best.out.find(
            "h100_sxm: no class of modules lowers the peak when each of them runs again; none stays within "
            "1.00 MB: this is the nearest\n") != std::string::npos);
}

TEST_CASE("passes for one update take as often as long, and hold gradients all along") {
  const auto once = plan({}), four = plan({"--accumulate", "4"});
  CHECK(four["passes_s"].get<double>() == Approx(4 * once["passes_s"].get<double>()));
  CHECK(four["update_s"] == once["update_s"]);
  CHECK(bytes(four, "gradient") >= bytes(once, "gradient"));
}

// No table has 100 devices, and none the L4.
TEST_CASE("a step whose devices have no measured links takes at least what is known of it") {
  for (const auto& [devices, target, why] :
       {std::tuple{"100", "h100_sxm",
                   "h100_sxm: what devices take to tell one another is not known: the table 'NVLink 4 with "
                   "NVSwitch: "
                   "HGX H100, H200' has no all_reduce between 100 devices, only between 2, 4, 8\n"},
        std::tuple{
            "2", "l4",
            "l4: what devices take to tell one another is not known: no link table is of 'l4', so several of "
            "it have no price\n"}}) {
    const std::vector<std::string> args{"train-plan", kVit, "--on", target, "--devices", devices};
    const auto page = run_program(ALIDADE_BIN, args).out;
    CHECK(page.find(why) != std::string::npos);
    CHECK(page.find(" at least ") != std::string::npos);
    CHECK(page.find(" at most ") != std::string::npos);
    auto asked = args;
    asked.insert(asked.end(), {"--format", "json"});
    const auto document = json::parse(run_program(ALIDADE_BIN, asked).out);
    CHECK(schema_objections("training", document) == "");
    const auto found = document["models"][0]["targets"][0];
    CHECK(found["passes_s"].get<double>() > 0);
    for (const auto* part :
         {"collectives_s", "step_s", "step_band_low_s", "step_band_high_s", "examples_per_s"})
      CHECK(found[part].is_null());
  }
}

// Measured in PyTorch (tools/memory_cases/autocast_peaks.py).
TEST_CASE("copies of weights under autocast live as long as PyTorch's") {
  const std::string folder = ALIDADE_SOURCE_DIR "/tests/data/memory/autocast/";
  std::ifstream file(folder + "peaks.json");
  const auto theirs = json::parse(file);
  const auto found =
      plan({"--dtype", "amp_bf16", "--set", "hardware.h100_sxm.backend=eager"}, folder + "mlp.pt2");
  const auto in_16_bits = 256 * 256 * 2;  // the last gradient, while PyTorch widens it: that is in no graph
  CHECK(static_cast<double>(bytes(found, "peak") + in_16_bits) ==
        Approx(theirs.at("step").get<double>()).epsilon(0.01));
}

TEST_CASE("mistakes in what is asked are told with the way out") {
  CHECK(train({"--zero", "2"}).err ==
        "error: found '2'\n  --> --zero\n  fix: it divides among devices: add --devices 8\n");
  CHECK(train({"--memory-goal", "24GB"}).err ==
        "error: found '24GB'\n  --> --memory-goal\n  fix: it is of the best checkpoints: add --checkpoint "
        "best\n");
  CHECK(train({"--checkpoint", "best", "--memory-goal", "24"}).err ==
        "error: found '24'\n  --> --memory-goal\n  fix: write bytes with their unit: 24GB, 80GiB\n");
  CHECK(train({"--dtype", "w4"}).err ==
        "error: found 'w4'\n  --> --dtype\n  fix: train in f32, tf32, bf16, f16, amp_bf16 or amp_f16\n");
  CHECK(train({"--checkpoint-keep", "attention"}).err ==
        "error: found 'attention'\n  --> --checkpoint-keep\n  fix: it is of checkpoints: add --checkpoint\n");
  CHECK(train({"--loss", "mse"}).err ==
        "error: the file was captured with the loss 'mean', not 'mse'\n  --> --loss\n  fix: leave it out, or "
        "capture the model anew: alidade-capture MODEL --train-step --loss mse\n");
  CHECK(train({"--loss", "mean"}).code == 0);
  CHECK(
      train({"--no-masters", "--dtype", "amp_bf16"}).err ==
      "error: no parameter has a copy in f32 to leave out: in amp_bf16 all have 32 bits\n  --> --no-masters\n"
      "  fix: it is of parameters of 16 bits: add --dtype bf16\n");
  CHECK(train({"--checkpoint", "blocks.*,decoder.*"}).err ==
        "error: no module has a path like 'decoder.*'\n  --> --checkpoint\n  fix: some that there are: "
        "patch_embed, patch_embed.proj, pos_drop\n");
  const auto none = train({"--checkpoint", "decoder.*"});
  CHECK(none.code == 2);
  CHECK(none.err ==
        "error: no module has a path like 'decoder.*'\n  --> --checkpoint\n  fix: some that there are: "
        "patch_embed, patch_embed.proj, pos_drop\n");
}

TEST_CASE("a model that is no training step is told, and the next one goes on") {
  const auto ran =
      run_program(ALIDADE_BIN, {"train-plan", "resnet18", kVit, "--on", "h100_sxm", "--format", "csv"});
  CHECK(ran.code == 5);  // the other one is planned
  CHECK(train({}, "resnet18").code == 3);
  CHECK(ran.err.find("error: the model is no training step: it has no backward pass\n") != std::string::npos);
  CHECK(ran.err.find("  fix: capture it with one: alidade-capture MODEL --train-step -o FILE.pt2\n") !=
        std::string::npos);
  CHECK(ran.out.find("vit_tiny") != std::string::npos);
}
