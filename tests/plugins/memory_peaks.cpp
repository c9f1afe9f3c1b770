// The peak of live storages beside the one that PyTorch has (tests/data/memory/peaks.json, by
// tools/memory_cases/peaks.py), operator by operator and as Python calls the modules.
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "alidade/results/memory.hpp"
#include "page_part.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// What is alive at a model's peak though nobody computes with it any more: a name in `forward` stands for
/// it.
const std::map<std::string, std::string>& names() {
  static const std::map<std::string, std::string> kNames{
      {"bert", "what is added to the residual"},
      {"electra", "what is added to the residual"},
      {"bart", "the embeddings"},
      {"gpt2", "the embeddings, and the attention's output"},
      {"whisper", "the embeddings"},
      {"unet", "the list of what is skipped"},
      {"segformer", "the lists of all features"},
      {"vocoder", "the last channels before the gates"}};
  return kNames;
}

double off(std::uint64_t ours, std::uint64_t theirs) {
  return 100 * (static_cast<double>(ours) / static_cast<double>(theirs) - 1);
}

struct Peaks {
  std::uint64_t exported = 0, eager = 0;
};

Peaks peaks_of(const std::string& name) {
  const auto peak = [&](bool hold) {
    Passes passes(read_model("dynamo", "tests/frontends/data/" + name + ".pt2"),
                  {{"memory", {{"hold_inputs", hold}, {"reorder_looks", std::int64_t{0}}}}});
    return passes.get<MemoryPlan>().given.peak.value;
  };
  return {peak(false), peak(true)};
}

}  // namespace

TEST_CASE("the peak of exported models is the one of PyTorch's storages") {
  std::ifstream file(ALIDADE_SOURCE_DIR "/tests/data/memory/peaks.json");
  const auto stored = nlohmann::json::parse(file);
  std::string table =
      "| model | exported: PyTorch | here | | eager: PyTorch | here | | not counted |\n"
      "|---|---:|---:|---:|---:|---:|---:|---|\n";
  for (const auto& [name, model] : stored["models"].items()) {
    INFO(name);
    const std::uint64_t exported = model["exported"], eager = model["eager"];
    const auto ours = peaks_of(name);
    const auto a = off(ours.exported, exported), b = off(ours.eager, eager);
    const auto named = names().find(name);
    const bool counted = named == names().end();
    CHECK(std::abs(a) <= 1);
    CHECK((counted ? std::abs(b) <= 5 : b < -5 && b > -20));
    table += fmt::format("| {} | {} | {} | {:+.2f} % | {} | {} | {:+.2f} % | {} |\n", name, exported,
                         ours.exported, a, eager, ours.eager, b, counted ? "" : named->second);
  }
  CHECK(stored["models"].size() >= 20);
  check_page_part("analyses.md", "peaks", table);
}

TEST_CASE("recurrent layers hold what stands between them, as PyTorch's do") {
  std::ifstream file(ALIDADE_SOURCE_DIR "/tests/data/memory/peaks.json");
  const auto stored = nlohmann::json::parse(file)["layers"];
  const std::map<std::string, std::pair<std::string, std::string>> kinds{
      {"RNN", {"rnn", "rnn_tanh"}}, {"GRU", {"gru", "gru"}}, {"LSTM", {"lstm", "lstm"}}};
  for (const auto& [name, peak] : stored.items()) {
    INFO(name);
    const auto& [op, foreign] = kinds.at(name.substr(0, name.find('_')));
    const int directions = name.back() - '0', gates = op == "lstm" ? 4 : op == "gru" ? 3 : 1;
    const std::string weight = " : f32[" + std::to_string(64 * gates) + ",64]\n";
    const std::string state = "f32[" + std::to_string(3 * directions) + ",4,64]";
    const bool cell = op == "lstm";
    Passes passes("input %x : f32[50,4,64]\n parameter %w" + weight + "parameter %u" + weight +
                  "%h = constant() : " + state + "\n %c = constant() : " + (cell ? state : "f32[0]") +
                  "\n(%y, %n" + (cell ? ", %m" : "") + ") = " + op + "(%x, %w, %u, %h" +
                  (cell ? ", %c" : "") + ") {hidden=64, directions=" + std::to_string(directions) +
                  ", layers=3} : f32[50,4," + std::to_string(64 * directions) + "], " + state +
                  (cell ? ", " + state : "") + " as \"aten." + foreign + ".input\"\n return %y, %n");
    CHECK(passes.get<MemoryPlan>().given.peak.value == peak.get<std::uint64_t>());
    CHECK(passes.get<CostProfile>().peak_activation == passes.get<MemoryPlan>().given.peak);
  }
}
