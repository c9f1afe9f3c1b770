#include <catch2/catch.hpp>

#include <fstream>

#include "alidade/host.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/estimate.hpp"
#include "program.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kModel = ALIDADE_SOURCE_DIR "/models/resnet18.onnx";

Model opened(const ModelRequest& request = {kModel}) {
  auto model = Host().open(request);
  INFO((model ? "" : to_text(model.error())));
  REQUIRE(model);
  return *model;
}

std::string said(std::vector<std::string> arguments) {
  auto ran = run_program(ALIDADE_BIN, std::move(arguments));
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return ran.out;
}

}  // namespace

TEST_CASE("a profile is what the program prints") {
  const auto answer = Host().profile(opened(), {.on = {"h100_sxm", "l4"}, .dtype = "bf16"});
  REQUIRE(answer);
  CHECK(answer->json(2) ==
        said({"profile", kModel, "--on", "h100_sxm,l4", "--dtype", "bf16", "--format", "json"}));
}

TEST_CASE("an estimate at several batches is what the program prints") {
  const auto answer = Host().estimate(opened(), {.on = {"l4"}, .batches = {1, 8, 64}});
  REQUIRE(answer);
  CHECK(answer->json() == said({"estimate", kModel, "--on", "l4", "--batch", "1,8,64", "--format", "json"}));
}

TEST_CASE("a placement is what the program prints") {
  const auto answer = Host().place(opened(), {.target = "neuron", .forbid = {"max_pool"}});
  REQUIRE(answer);
  CHECK(answer->json() ==
        said({"place", kModel, "--target", "neuron", "--forbid", "max_pool", "--format", "json"}));
}

TEST_CASE("a report is the text that the program prints") {
  const auto answer =
      Host().profile(opened(), {.report = "table", .report_options = {{"top", std::int64_t{3}}}});
  REQUIRE(answer);
  CHECK(answer->text() == said({"profile", kModel, "--top", "3"}));
}

TEST_CASE("results are typed, and outlive the host and the model") {
  std::optional<Answer> kept;
  {
    auto answer = Host().profile(opened(), {.on = {"h100_sxm"}});
    REQUIRE(answer);
    kept = *answer;
  }
  const auto& model = kept->run().models.at(0);
  CHECK(model.results->get<CostProfile>()->total.macs.value == 1'814'073'344);  // FlopCounterMode, halved
  CHECK(model.results->get<Estimate>("h100_sxm")->latency.value > 1e-4);
}

TEST_CASE("a model is bound when it is opened") {
  const std::string path = ALIDADE_SOURCE_DIR "/tests/data/dynamo/dynamic_named.pt2";
  const auto symbols = opened({path}).graph().free_symbols();
  REQUIRE(!symbols.empty());
  ModelRequest request{path};
  for (const auto& symbol : symbols) request.bind[symbol] = 4;
  CHECK(opened(request).graph().free_symbols().empty());
}

TEST_CASE("a model can be called by a name in place of its path") {
  const auto answer = Host().profile(opened({kModel, "Net of mine"}));
  REQUIRE(answer);
  CHECK(answer->run().models.at(0).path == "Net of mine");
}

TEST_CASE("a model is read in a worker, which is the program beside the library") {
  const Host host({.sets = {"frontend.onnx.worker=true"}});
  const auto model = host.open({kModel});
  INFO((model ? "" : to_text(model.error())));
  REQUIRE(model);
  CHECK(model->graph().node_count() == opened().graph().node_count());
}

TEST_CASE("a pipeline is carried out and its reports are written") {
  const ScratchFolder folder;
  std::ofstream(folder / "pipeline.toml")
      << "[[model]]\npath = \"" << kModel << "\"\n"
      << "[[report]]\nuse = \"json\"\npath = \"" << (folder / "out.json") << "\"\n";
  const auto answer = Host().run({folder / "pipeline.toml"});
  INFO((answer ? "" : to_text(answer.error())));
  REQUIRE(answer);
  CHECK(answer->exit_code() == 0);
  CHECK(read_text(folder / "out.json") == answer->json(2));
}
