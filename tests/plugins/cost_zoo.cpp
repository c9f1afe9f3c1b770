// The models of the zoo against PyTorch's and fvcore's own counts of the code that they come from.
#include <fstream>
#include <nlohmann/json.hpp>

#include "alidade/ir/bind.hpp"
#include "alidade/sdk/frontend.hpp"
#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

const nlohmann::json& reference() {
  static const nlohmann::json all = nlohmann::json::parse(
      std::ifstream(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/zoo/reference.json"));
  return all["models"];
}

/// A model as the ONNX frontend reads it at one point of the reference.
Graph read(const std::string& model, const nlohmann::json& point) {
  const auto found = plugins().find("onnx");
  REQUIRE(found.has_value());
  const auto made = (*found)->info.make({});
  ReadRequest request;
  request.path = std::string(ALIDADE_SOURCE_DIR) + "/models/" + model + ".onnx";
  for (const auto& [symbol, value] : point["bind"].items()) request.bindings[symbol] = value;
  auto graph = static_cast<const Frontend&>(*made).read(request);
  INFO((graph ? "" : graph.error().what));
  REQUIRE(graph.has_value());
  return std::move(*graph);
}

std::uint64_t counted(const Graph& graph, const std::string& convention) {
  return profile_of(graph, {{"convention", convention}}).total.counted;
}

}  // namespace

TEST_CASE("the zoo has PyTorch's multiply-accumulates and parameters to the integer") {
  for (const auto& [model, facts] : reference().items())
    for (const auto& point : facts["points"]) {
      INFO(model << " " << point["bind"].dump());
      const Graph graph = read(model, point);
      const auto profile = profile_of(graph);
      CHECK(profile.total.macs.value == point["macs"]);
      CHECK(profile.total.params.value == facts["params"]);
      CHECK(profile.total.opaque == 0);
      CHECK(profile.total.unknown == 0);
      CHECK(counted(graph, "torch") == 2 * point["macs"].get<std::uint64_t>());
    }
}

TEST_CASE("fvcore's total is met where an export keeps the operators that fvcore sees") {
  for (const std::string model :
       {"resnet18", "resnet50", "efficientnet_b0", "deeplabv3_resnet50", "mlp_sort", "mlp_sort_mid"}) {
    INFO(model);
    const auto& point = reference()[model]["points"][0];
    CHECK(counted(read(model, point), "fvcore") == point["fvcore_total"]);
  }
}

TEST_CASE("a pool that the code calls as a function is a mean in the export, and all that fvcore has more") {
  const auto& point = reference()["mobilenet_v2"]["points"][0];
  const auto pooled = point["fvcore"]["adaptive_avg_pool2d"].get<std::uint64_t>();
  CHECK(counted(read("mobilenet_v2", point), "fvcore") + pooled == point["fvcore_total"]);
}

TEST_CASE("attention that an export takes apart is what fvcore leaves out") {
  const auto& point = reference()["vit_b_16"]["points"][0];
  CHECK(counted(read("vit_b_16", point), "fvcore") ==
        point["fvcore_total"].get<std::uint64_t>() +
            point["torch_flops"]["aten.bmm"].get<std::uint64_t>() / 2);
}

TEST_CASE(
    "fvcore's trace of BERT drops the pooler as well, whose output the traced function does not give back") {
  for (const auto& point : reference()["bert_base"]["points"]) {
    INFO(point["bind"].dump());
    const Graph graph = read("bert_base", point);
    const auto profile = profile_of(graph, {{"convention", std::string("fvcore")}});
    const auto products = point["torch_flops"]["aten.bmm"].get<std::uint64_t>() / 2;
    const auto pooler = profile.modules[module_at(graph, "pooler")].counted;
    CHECK(profile.total.counted == point["fvcore_total"].get<std::uint64_t>() + products + pooler);
  }
}

TEST_CASE("attention that an export keeps whole is left out as fvcore does") {
  for (const auto& point : reference()["llama_tiny"]["points"])
    CHECK(counted(read("llama_tiny", point), "fvcore") == point["fvcore_total"]);
}

TEST_CASE("of a shifted-window transformer only the pool is missing") {
  const auto& point = reference()["swin_t"]["points"][0];
  CHECK(counted(read("swin_t", point), "fvcore") == point["fvcore_total"]);
}
