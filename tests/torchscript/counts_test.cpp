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

TEST_CASE("a loss over sequences counts what ATen's loops do") {
  // LossCTC.cpp, of examples that are as long as the longest
  const std::uint64_t examples = 2, steps = 9, labels = 3;
  std::uint64_t each = 0;
  for (std::uint64_t t = 1; t < steps; ++t)
    for (std::uint64_t s = 0; s <= 2 * labels; ++s)
      each +=
          2 + 3 + 3 + 2 + 1 + 1 + 1;  // of three: greatest, differences, powers, sums, log, + greatest, + own
  each += 1 + 2 + 2 + 1 + 1 + 1 + 1;  // of the last two states, negated
  const std::uint64_t mean = 2, sum = 1,
                      zeros = 2;  // divided by the labels and added; added; compared and chosen
  const std::uint64_t one_quotient = 1;
  CHECK(counted(read_case("sequence_loss"), Convention::flops) ==
        examples * (3 * each + mean + sum + zeros) + one_quotient);
}
