#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

// One model, captured as .pt2, ONNX, TorchScript and StableHLO (tools/frontend_cases), has the same
// multiply-accumulates, parameters and contractions whichever frontend reads it: those that PyTorch itself
// counts. A difference that has a cause stands in kCauses; one that has none fails here.

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/frontends/data/";

/// What a route changes, and why.
struct Cause {
  std::string_view model, route;
  std::int64_t parameters;
  std::string_view why;
};
constexpr Cause kCauses[] = {
    {"wav2vec2", "onnx", -64, "weight normalisation is folded: its 64 magnitudes are part of the weight"},
};

const json& reference() {
  static const json all = json::parse(std::ifstream(kFolder + "reference.json"));
  return all["models"];
}

/// Every model of one route that is wanted, in one run of the program.
json profiles(const std::string& route, const std::vector<std::string>& flags, auto&& wanted) {
  std::vector<std::string> words{"profile", "--format", "json"};
  words.insert(words.end(), flags.begin(), flags.end());
  for (const auto& [model, facts] : reference().items())
    if (wanted(model)) words.push_back(kFolder + model + "." + route);
  const auto done = run_program(ALIDADE_BIN, words);
  INFO(done.err);
  REQUIRE(done.code == 0);
  return json::parse(done.out)["models"];
}

json profiles(const std::string& route) {
  return profiles(route, {}, [](const std::string&) { return true; });
}

std::int64_t folded(const std::string& model, const std::string& route) {
  for (const auto& cause : kCauses)
    if (cause.model == model && cause.route == route) return cause.parameters;
  return 0;
}

/// How many convolutions and products a model has; attention is two products, however it is written.
/// Recurrent layers are counted by their work: one operator may hold several.
std::map<std::string, std::uint64_t> contractions(const json& profile) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& layer : profile["layers"]) {
    const std::string op = layer["op"];
    const auto runs = layer["runs"].get<std::uint64_t>();
    if (op == "conv" || op == "conv_transpose") counts["convolutions"] += runs;
    if (op == "linear" || op == "matmul" || op == "einsum") counts["products"] += runs;
    if (op == "attention") counts["products"] += 2 * runs;
    if (op == "rnn" || op == "lstm" || op == "gru")
      counts[op + " MACs"] += layer["macs"].get<std::uint64_t>();
  }
  return counts;
}

/// JAX has no operator for a recurrent layer: it is written out as products, step by step.
bool is_recurrent(const std::map<std::string, std::uint64_t>& counts) {
  return std::ranges::any_of(counts, [](const auto& count) { return count.first.ends_with(" MACs"); });
}

bool has(const std::string& frontend) {
  return std::filesystem::exists(std::string(ALIDADE_PLUGIN_DIR) + "/" + frontend + ".so");
}

/// Against what PyTorch counts of the code itself.
void check_totals(const json& profile, const std::string& route) {
  const auto model = std::filesystem::path(profile["path"].get<std::string>()).stem().string();
  INFO(model << " as " << route);
  const auto& facts = reference().at(model);
  const auto& totals = profile["totals"];
  CHECK(totals["macs"] == facts["macs"]);
  CHECK(totals["params"].get<std::int64_t>() ==
        facts["parameters"].get<std::int64_t>() + folded(model, route));
  CHECK(totals["opaque_ops"] == 0);
  CHECK(totals["unknown_ops"] == 0);
}

}  // namespace

TEST_CASE("every route has PyTorch's multiply-accumulates and parameters, and the same contractions") {
  const auto exported = profiles("pt2");
  for (const auto& profile : exported) check_totals(profile, "pt2");
  for (const std::string route : {"onnx", "pt"}) {
    if (route == "pt" && !has("torchscript")) continue;
    const auto others = profiles(route);
    REQUIRE(others.size() == exported.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
      check_totals(others[i], route);
      INFO(others[i]["path"] << " beside .pt2");
      CHECK(contractions(others[i]) == contractions(exported[i]));
    }
  }
}

TEST_CASE("the fourth route, StableHLO by way of JAX, has them, too") {
  const auto is_there = [](const std::string& model) {
    return std::filesystem::exists(kFolder + model + ".mlirbc");
  };
  const auto exported = profiles("pt2", {}, is_there), lowered = profiles("mlirbc", {}, is_there);
  REQUIRE(lowered.size() >= 20);
  for (std::size_t i = 0; i < lowered.size(); ++i) {
    check_totals(lowered[i], "mlirbc");
    INFO(lowered[i]["path"] << " beside .pt2");
    const auto expected = contractions(exported[i]);
    if (!is_recurrent(expected)) CHECK(contractions(lowered[i]) == expected);
  }
}

TEST_CASE("every route has the same multiply-accumulates for another batch") {
  // What a file fixes to the batch that it was written for: a class token expanded to a number, or indices.
  const std::set<std::string> fixed{"clip", "convnext_atto", "pvt_v2_b0", "swin_t", "vit_tiny", "yolos"};
  const auto free = [&](const std::string& model) { return !fixed.contains(model); };
  const auto exported = profiles("pt2", {"--batch", "3"}, free);
  CHECK(exported.size() == reference().size() - fixed.size());
  for (const std::string route : {"onnx", "pt"}) {
    if (route == "pt" && !has("torchscript")) continue;
    const auto others = profiles(route, {"--batch", "3"}, free);
    REQUIRE(others.size() == exported.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
      INFO(others[i]["path"] << " beside .pt2");
      // Its positions are of masks that have the batch: PyTorch's operators make three times the work of one
      // example (447,798,016). What works the batch through the graph takes them to be one example's.
      if (others[i]["path"].get<std::string>().ends_with("/detr.pt"))
        CHECK(others[i]["totals"]["macs"] == 3 * 447'798'016);
      else
        CHECK(others[i]["totals"]["macs"] == exported[i]["totals"]["macs"]);
      CHECK(others[i]["totals"]["unknown_ops"] == 0);
    }
  }
}

TEST_CASE("convolutional networks have the same groups from TorchScript as from .pt2") {
  if (!has("torchscript")) return;
  const auto strategy = GENERATE(as<std::string>(), "seed", "pattern");
  const auto groups = [&](const std::string& route) {
    const ScratchFolder folder;
    std::string text =
        "[[analysis]]\nuse = \"fusion\"\nstrategy = \"" + strategy + "\"\n[[report]]\nuse = \"json\"\n";
    for (const auto& [model, facts] : reference().items())
      if (facts["family"] == "cnn") text += "[[model]]\npath = \"" + kFolder + model + "." + route + "\"\n";
    write_text(folder / "fusion.toml", text);
    const auto done = run_program(ALIDADE_BIN, {"run", folder / "fusion.toml"});
    INFO(done.err);
    REQUIRE(done.code == 0);
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> found;
    const auto result = json::parse(done.out);
    for (const auto& model : result["models"]) {
      const auto& fusion = model["analyses"]["fusion"];
      found[model["model"]] = {fusion["operators"], fusion["groups"]};
    }
    return found;
  };
  const auto exported = groups("pt2");
  CHECK(exported.size() >= 8);
  CHECK(exported.at("resnet18") == std::pair<std::uint64_t, std::uint64_t>(69, strategy == "seed" ? 32 : 23));
  CHECK(groups("pt") == exported);
}

TEST_CASE("the cases are of every family, and more than thirty") {
  std::map<std::string, int> families;
  for (const auto& [model, facts] : reference().items()) ++families[facts["family"]];
  CHECK(reference().size() >= 30);
  for (const auto* family :
       {"cnn", "transformer", "detector", "segmentation", "audio", "recurrent", "decoder"})
    CHECK(families[family] > 0);
}
