#include <fstream>
#include <nlohmann/json.hpp>

#include "alidade/ir/work.hpp"
#include "scripts.hpp"

using namespace torchscript_test;

namespace {

std::uint64_t parameters(const Graph& graph) {
  std::uint64_t sum = 0;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::parameter) sum += *graph.type(v).elements()->get();
  return sum;
}

std::uint64_t counted(const Graph& graph, Convention convention) {
  std::uint64_t sum = 0;
  const Counter counter(graph);
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    REQUIRE(w);
    CHECK(w->certainty == Certainty::exact);
    sum += counter.count(n, *w, convention)->low;
  }
  return sum;
}

}  // namespace

TEST_CASE("layers that torch runs as one operator count as those that it runs part by part") {
  const auto whole = read_case("layers"), apart = read_case("layers_apart");
  for (const auto convention : {Convention::macs, Convention::flops})
    CHECK(counted(whole, convention) == counted(apart, convention));
  CHECK(counted(whole, Convention::macs) > 0);
  CHECK(parameters(whole) == parameters(apart));
}

TEST_CASE("the counts of traced torchvision models equal PyTorch's and fvcore's own") {
  std::ifstream file(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/zoo/reference.json");
  const auto reference = nlohmann::json::parse(file)["models"];
  for (const std::string model : {"resnet18", "vit_b_16"}) {
    INFO(model);
    const auto graph = read_case(model);
    const auto& point = reference[model]["points"][0];
    CHECK(parameters(graph) == reference[model]["params"]);
    CHECK(counted(graph, Convention::macs) == point["macs"]);
    CHECK(counted(graph, Convention::fvcore) == point["fvcore_total"]);
  }
}
