// Networks written by JAX: as many multiply-accumulates as torch counts in the same networks in PyTorch, and
// what XLA counts where that is right. tools/stablehlo_cases makes the files.
#include <fstream>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "reading.hpp"

using namespace alidade::tests;
using namespace stablehlo_test;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/stablehlo/";

json totals(const std::string& model, const std::vector<std::string>& flags = {}) {
  std::vector<std::string> words{"profile", kFolder + model + ".mlir", "--format", "json"};
  words.insert(words.end(), flags.begin(), flags.end());
  const auto done = run_program(ALIDADE_BIN, words);
  INFO(done.err);
  REQUIRE(done.code == 0);
  return json::parse(done.out)["totals"];
}

json reference(const std::string& tool) {
  return json::parse(std::ifstream(kFolder + "reference.json"))[tool]["models"];
}

}  // namespace

TEST_CASE("networks in JAX have the multiply-accumulates that torch counts in PyTorch") {
  const auto torch = reference("torch");
  for (const std::string model :
       {"mlp", "cnn", "conv1d", "conv3d", "attention", "embedding", "patches", "batched"}) {
    INFO(model);
    const auto found = totals(model);
    CHECK(found["macs"] == torch[model]["macs"]);
    CHECK(found["opaque_ops"] == 0);
    CHECK(found["unknown_ops"] == 0);
  }
}

TEST_CASE("arguments that are named as parameters count as those") {
  const auto torch = reference("torch");
  for (const std::string model : {"mlp", "cnn", "conv1d", "conv3d", "embedding", "patches", "bilinear"})
    CHECK(totals(model)["params"] == torch[model]["parameters"]);
  // PyTorch's layer normalisation has a scale and a shift, its LSTM a second bias.
  CHECK(totals("attention")["params"] == torch["attention"]["parameters"].get<int>() - 2 * 64);
  CHECK(totals("lstm")["params"] == torch["lstm"]["parameters"].get<int>() - 4 * 32);
}

TEST_CASE("a scan runs its body as often as its counter says") {
  // Ten steps of a batch of 4: four gates of 32 units, each of 16 inputs and 32 states. XLA counts one step.
  CHECK(totals("lstm")["macs"] == 10 * 4 * 4 * 32 * (16 + 32));
}

TEST_CASE("contractions in the order that JAX chose") {
  // [o,i,j] by [b,i], then [b,o,j] by [b,j]: torch goes on with the outer product, 6 * 21 more
  CHECK(totals("bilinear")["macs"] == 3 * 6 * 5 * 7 + 3 * 6 * 7 - 21);
}

TEST_CASE("a gradient has every layer's product three times, but for what nobody asks for") {
  // The first layer needs no gradient of the image, and the sum that is differentiated no product of the
  // head.
  const auto forward = totals("cnn")["macs"].get<std::uint64_t>();
  CHECK(totals("cnn_gradient")["macs"] == 3 * forward - 2 * 16 * 16 * 16 * 27 - 2 * 8 * 10);
}

TEST_CASE("generic form is read as pretty form is") {
  const auto pretty = totals("mlp"), generic = totals("mlp_generic");
  CHECK(generic["macs"] == pretty["macs"]);
  CHECK(generic["flops"] == pretty["flops"]);
}

TEST_CASE("a symbolic batch is bound by its name") {
  const auto fixed = totals("mlp"), bound = totals("mlp_symbolic", {"--bind", "batch=32"});
  CHECK(bound["macs"] == fixed["macs"]);
  CHECK(bound["params"] == fixed["params"]);
  CHECK(totals("mlp_symbolic", {"--input-shape", "x=7,64"})["macs"] == 7 * (64 * 128 + 128 * 10));
}

TEST_CASE("what XLA counts is twice the multiply-accumulates where it has products alone") {
  const auto xla = reference("xla");
  CHECK(totals("batched")["flops"] == xla["batched"]["flops"]);
  CHECK(totals("embedding")["flops"] == xla["embedding"]["flops"]);
}
