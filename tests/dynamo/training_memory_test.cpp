// What a training step holds, beside the live storages of PyTorch (tools/memory_cases/training_peaks.py).
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"
#include "alidade/sdk/storage.hpp"
#include "alidade/sdk/training_memory.hpp"
#include "archives.hpp"
#include "sdk/training/checkpoint.hpp"

using namespace alidade;
using namespace dynamo_test;
namespace tape = alidade::training;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/memory/training/";
constexpr double kNear = 0.03;
constexpr double kNearAdded = 0.04;
constexpr double kNearKept = 0.07;  // autograd saves what no operator reads, and not what it can make again

nlohmann::json measured() {
  std::ifstream file(kFolder + "peaks.json");
  return nlohmann::json::parse(file);
}
/// The models of which more than both passes was measured.
std::map<std::string, nlohmann::json> whole_steps() {
  std::map<std::string, nlohmann::json> out;
  const auto all = measured();
  for (const auto& [name, one] : all.at("models").items())
    if (one.contains("steps")) out[name] = one;
  CHECK(out.size() >= 7);
  return out;
}
Graph read(const std::string& name) {
  auto graph = read_file(kFolder + name + ".pt2");
  REQUIRE(graph);
  return std::move(*graph);
}
void check_near(std::uint64_t ours, const nlohmann::json& theirs, double share = kNear) {
  CHECK(static_cast<double>(ours) == Approx(theirs.get<double>()).epsilon(share));
}

}  // namespace

TEST_CASE("the peak of both passes is the one of PyTorch's storages") {
  const auto models = measured().at("models");
  CHECK(models.size() >= 10);
  for (const auto& [name, theirs] : models.items()) {
    INFO(name);
    const auto made = tape::tape_of(read(name));
    REQUIRE(made);
    check_near(tape::peak_bytes(tape::alive(*made)), theirs.at("passes"));
  }
}

TEST_CASE("the peak of a whole step is that of PyTorch's, with every optimizer") {
  for (const auto& [name, theirs] : whole_steps()) {
    const auto found = training_memory(read(name));
    REQUIRE(found);
    REQUIRE(found->updates.size() == theirs.at("steps").size());
    for (const auto& update : found->updates) {
      INFO(name << " " << update.optimizer);
      check_near(update.peak.bytes.total().value, theirs.at("steps").at(std::string(update.optimizer)));
    }
  }
}

TEST_CASE("what is kept for the backward pass is what autograd saves") {
  for (const auto& [name, theirs] : whole_steps()) {
    INFO(name);
    check_near(training_memory(read(name))->kept.value, theirs.at("kept"), kNearKept);
  }
}

TEST_CASE("gradients that are added to others are there once more while they are made") {
  for (const auto& [name, theirs] : whole_steps()) {
    INFO(name);
    const auto graph = read(name);
    const auto alive = tape::alive(*tape::tape_of(graph), tape::Gradients::passed_on);
    std::uint64_t gradients = 0;
    for (const auto& parameter : tape::trained_in(graph)) gradients += known_bytes(graph, parameter.gradient);
    check_near(tape::peak_bytes(alive) + gradients, theirs.at("accumulated"), kNearAdded);
  }
}

TEST_CASE("blocks that run again hold what PyTorch's checkpoints hold") {
  const auto all = measured();
  for (const auto& [name, patterns] : all.at("blocks").items()) {
    INFO(name);
    const auto graph = read(name);
    const auto made = *tape::tape_of(graph);
    const auto blocks = tape::blocks_named(graph, text::split(patterns.get<std::string>(), '|'));
    const auto again = tape::checkpointed(made, tape::segments_of(graph, made, blocks, {}));
    check_near(tape::peak_bytes(tape::alive(again.tape)), all.at("models").at(name).at("checkpointed"));
  }
}
