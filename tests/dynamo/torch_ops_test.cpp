// A fixed part of PyTorch's own operator database (tools/conformance/torch_ops): what comes out of every
// call, and what FlopCounterMode counts for it.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "alidade/ir/print.hpp"
#include "alidade/ir/work.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;

namespace {

/// One line of facts.tsv.
struct Fact {
  std::string name, made;
  std::uint64_t flops = 0;
  Bindings sizes;
};

std::vector<Fact> facts() {
  std::ifstream file(data_file("torch_ops/facts.tsv"));
  std::vector<Fact> all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    Fact fact;
    std::string flops, sizes;
    std::getline(columns, fact.name, '\t'), std::getline(columns, fact.made, '\t');
    std::getline(columns, flops, '\t'), std::getline(columns, sizes);
    fact.flops = std::stoull(flops);
    std::istringstream pairs(sizes);
    for (std::string one; std::getline(pairs, one, ',');)
      fact.sizes[one.substr(0, one.find('='))] = std::stoll(one.substr(one.find('=') + 1));
    all.push_back(std::move(fact));
  }
  return all;
}

std::string outputs(const Graph& graph) {
  std::string text;
  for (const ValueId v : graph.outputs())
    text += (text.empty() ? "" : " ") + to_text(graph, graph.type_id(v));
  return text;
}

std::uint64_t by_torch(const Graph& graph) {
  const Counter counter(graph);
  std::uint64_t sum = 0;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    INFO(graph.name(n) << ": " << (w ? "" : w.error().what));
    REQUIRE(w);
    CHECK(w->certainty != Certainty::unknown);
    sum += counter.count(n, *w, Convention::torch).value().low;
  }
  return sum;
}

}  // namespace

TEST_CASE("a sample of PyTorch's operator database is read and counted as PyTorch does") {
  const auto all = facts();
  CHECK(all.size() > 200);
  for (const auto& fact : all) {
    INFO(fact.name);
    ReadRequest request;
    request.bindings = fact.sizes;
    const auto graph = read_file(data_file("torch_ops/" + fact.name + ".pt2"), request);
    INFO((graph ? "" : graph.error().what));
    REQUIRE(graph);
    CHECK(outputs(*graph) == fact.made);
    CHECK(by_torch(*graph) == fact.flops);
    CHECK(verify(*graph));
    const auto again = parse(to_text(*graph));
    INFO((again ? "" : again.error().what));
    REQUIRE(again);
    CHECK(to_text(*again) == to_text(*graph));
  }
}
