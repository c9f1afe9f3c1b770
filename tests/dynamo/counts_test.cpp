#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "alidade/ir/work.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

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
    const auto c = counter.count(n, *w, convention);
    REQUIRE(c);
    CHECK(c->low == c->high);
    sum += c->low;
  }
  return sum;
}

/// fvcore's own class of an operator.
std::string fvcore_class(Op op) {
  switch (op) {
    case Op::conv:
      return "conv";
    case Op::matmul:
      return "matmul";
    default:
      return std::string(name(op)) + (op == Op::adaptive_avg_pool ? "2d" : "");
  }
}

std::map<std::string, std::uint64_t> by_fvcore_class(const Graph& graph) {
  std::map<std::string, std::uint64_t> sums;
  const Counter counter(graph);
  for (const NodeId n : graph.nodes())
    if (const auto c = counter.count(n, *work(graph, n), Convention::fvcore)->low; c > 0)
      sums[fvcore_class(graph.op(n))] += c;
  return sums;
}

}  // namespace

TEST_CASE("the counts of torchvision models equal PyTorch's and fvcore's own") {
  std::ifstream file(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/zoo/reference.json");
  const auto reference = nlohmann::json::parse(file)["models"];
  for (const std::string model : {"resnet18", "mobilenet_v2", "vit_b_16"}) {
    INFO(model);
    const auto graph = read_file(data_file(model + ".pt2")).value();
    const auto& point = reference[model]["points"][0];
    std::uint64_t torch_flops = 0;
    for (const auto& flops : point["torch_flops"]) torch_flops += flops.get<std::uint64_t>();
    CHECK(parameters(graph) == reference[model]["params"]);
    CHECK(counted(graph, Convention::macs) == point["macs"]);
    CHECK(counted(graph, Convention::torch) == torch_flops);
    CHECK(counted(graph, Convention::fvcore) == point["fvcore_total"]);
    CHECK(by_fvcore_class(graph) == point["fvcore"].get<std::map<std::string, std::uint64_t>>());
  }
}

TEST_CASE("a model counts the same as it was exported and decomposed") {
  for (const std::string model : {"conv_block", "linears"}) {
    const auto whole = read_file(data_file(model + ".pt2")).value(),
               core = read_file(data_file(model + "_core.pt2")).value();
    CHECK(counted(whole, Convention::macs) == counted(core, Convention::macs));
    CHECK(parameters(whole) == parameters(core));
  }
}
