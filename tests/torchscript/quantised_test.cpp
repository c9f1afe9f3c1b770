// Models of torch.ao's quantisation, against their float models: tests/data/torchscript/quantised.json is
// what PyTorch's FlopCounterMode counts of those.
#include <fstream>
#include <nlohmann/json.hpp>

#include "alidade/ir/work.hpp"
#include "scripts.hpp"

using namespace torchscript_test;

namespace {

nlohmann::json floats(const std::string& name) {
  std::ifstream file(data_file("quantised.json"));
  return nlohmann::json::parse(file)[name];
}

const Shapes kImage{{"x", {2, 3, 16, 16}}};

std::uint64_t macs(const Graph& graph) {
  const Counter counter(graph);
  std::uint64_t sum = 0;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    REQUIRE(w);
    INFO(graph.name(n));
    CHECK(w->certainty == Certainty::exact);
    sum += counter.count(n, *w, Convention::macs)->low;
  }
  return sum;
}

/// Elements of the parameters of one type.
std::uint64_t elements(const Graph& graph, Dtype dtype) {
  std::uint64_t sum = 0;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::parameter && graph.type(v).dtype == dtype)
      sum += *graph.type(v).elements()->get();
  return sum;
}

/// Elements of the float model's matrices and of its biases.
std::pair<std::uint64_t, std::uint64_t> split(const nlohmann::json& parameters) {
  std::uint64_t weights = 0, biases = 0;
  for (const auto& [name, count] : parameters.items())
    (name.find("weight") == std::string::npos ? biases : weights) += count.get<std::uint64_t>();
  return {weights, biases};
}

std::uint64_t weight_bytes(const Graph& graph, Op op) {
  std::uint64_t sum = 0;
  for (const NodeId n : graph.nodes())
    if (graph.op(n) == op) sum += work(graph, n)->weight.value;
  return sum;
}

std::vector<std::string> names(const Graph& graph, ValueKind kind) {
  std::vector<std::string> all;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == kind) all.emplace_back(graph.name(v));
  return all;
}

}  // namespace

TEST_CASE("a statically quantised model does its float model's products, frozen or not") {
  for (const std::string name : {"quantised", "quantised_frozen"}) {
    INFO(name);
    const auto graph = read_case(name, kImage);
    CHECK(macs(graph) == floats(name)["macs"]);
    // the batch normalisation is folded: its factor into the weights, its shift is the bias of 8
    CHECK(elements(graph, Dtype::i8) == 216 + 72 + 160 + 48);
    CHECK(elements(graph, Dtype::f32) == 8 + 8 + 4 + 6);
  }
}

TEST_CASE("a quantised weight is read at a byte an element, with what scales its channels") {
  const auto graph = read_case("quantised");
  // each channel has a bias of 4 bytes, a scale and a zero point of 8: 20 bytes
  CHECK(weight_bytes(graph, Op::conv) == (216 + 8 * 20) + (72 + 8 * 20) + (160 + 4 * 20));
  CHECK(weight_bytes(graph, Op::linear) == 48 + 6 * 20);
}

TEST_CASE("results of quantised operators are bytes until they are dequantised") {
  const auto graph = read_case("quantised");
  for (const NodeId n : graph.body()) {
    INFO(graph.name(n));
    const bool floating = graph.op(n) == Op::dequantize;
    CHECK(graph.type(graph.outputs(n)[0]).dtype == (floating ? Dtype::f32 : Dtype::u8));
  }
}

TEST_CASE("packed weights have the names of the layers that hold them") {
  const auto parameters = names(read_case("quantised"), ValueKind::parameter);
  for (const std::string name : {"conv.weight", "conv.bias", "line.weight", "fc.weight", "fc.bias"})
    CHECK(std::ranges::count(parameters, name) == 1);
}

TEST_CASE("dynamic quantisation keeps the products, and halves or quarters the weights") {
  for (const auto& [name, stored] :
       {std::pair("quantised_dynamic", Dtype::i8), std::pair("quantised_half", Dtype::f16)}) {
    INFO(name);
    const auto graph = read_case(name);
    const auto [weights, biases] = split(floats(name)["parameters"]);
    CHECK(macs(graph) == floats(name)["macs"]);
    CHECK(elements(graph, stored) == weights);
    CHECK(elements(graph, Dtype::f32) == biases);
    CHECK(graph.type(graph.outputs()[0]).dtype == Dtype::f32);
  }
}

TEST_CASE("what is quantised as it runs is multiplied as bytes, halves are not") {
  for (const auto& [name, arithmetic] :
       {std::pair("quantised_dynamic", Dtype::u8), std::pair("quantised_half", Dtype::f32)}) {
    const auto graph = read_case(name);
    for (const NodeId n : graph.body())
      if (graph.op(n) == Op::linear) CHECK(work(graph, n)->dtype == arithmetic);
  }
}

TEST_CASE("a quantised table gives its rows at a byte an element") {
  const auto graph = read_case("quantised_rows");
  CHECK(elements(graph, Dtype::u8) == 100 * 16);
  CHECK(weight_bytes(graph, Op::embedding) == 4 * 16);
  CHECK(graph.type(graph.outputs()[0]).dtype == Dtype::f32);
}
