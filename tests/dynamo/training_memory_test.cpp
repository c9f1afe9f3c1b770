// What a training step holds, beside the live storages of PyTorch (tools/memory_cases/training_peaks.py).
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "alidade/sdk/memory_model.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/memory/training/";

/// In the file's order.
std::uint64_t peak_of(const Graph& graph) {
  const auto model = memory_model(graph, {});
  REQUIRE(model);
  return schedule_as_given(graph, *model).peak.value;
}

Graph read(const std::string& path) {
  auto graph = read_file(path);
  REQUIRE(graph);
  return std::move(*graph);
}

}  // namespace

TEST_CASE("the peak of both passes is the one of PyTorch's storages") {
  std::ifstream file(kFolder + "peaks.json");
  const auto models = nlohmann::json::parse(file).at("models");
  CHECK(models.size() >= 10);
  for (const auto& [name, theirs] : models.items()) {
    INFO(name);
    const auto ours = static_cast<double>(peak_of(read(kFolder + name + ".pt2")));
    CHECK(ours == Approx(theirs.get<double>()).epsilon(0.03));
  }
}
