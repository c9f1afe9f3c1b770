// Components of the program that calls, which are in no library.
#include <catch2/catch.hpp>

#include <fstream>

#include "alidade/host.hpp"
#include "alidade/results/estimate.hpp"
#include "alidade/results/placement.hpp"
#include "alidade/sdk/placer.hpp"
#include "alidade/sdk/plugin.hpp"
#include "program.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kModel = ALIDADE_SOURCE_DIR "/models/resnet18.onnx";

/// Every kernel takes a second.
class Slow final : public HardwareModel {
 public:
  Result<KernelTime> time(const KernelGraph&, const Kernel&) const override {
    KernelTime out;
    out.compute = Seconds(1);
    return out;
  }
  Machine machine() const override {
    Machine out;
    out.name = "a second a kernel", out.precisions = {Precision::bf16};
    return out;
  }
};

/// Counts convolutions, under a name that no type carries.
class Convolutions final : public AnalysisPass {
 public:
  struct Found {
    std::uint64_t number = 0;
    void write(const Graph&, ObjectWriter& out) const { out.count("number", number); }
  };
  Result<AnyResult> run_erased(const Graph& graph, const ResultSet&) const override {
    Found found;
    for (const NodeId n : graph.nodes()) found.number += graph.op(n) == Op::conv ? 1 : 0;
    return AnyResult::named("convolutions", found);
  }
};

/// Sends everything to the last device.
class Last final : public Placer {
 public:
  Result<Draft> place(const PlacementTask& task) const override {
    return Draft{DeviceOf(task.nodes.size(), static_cast<std::uint8_t>(task.devices.size() - 1)), {}, {}};
  }
};

/// Places nothing.
class Refusing final : public Placer {
 public:
  Result<Draft> place(const PlacementTask&) const override {
    return fail(Fault::model, "nothing can be placed", {}, "try another placer");
  }
};

Host host() {
  Plugin plugin;
  plugin.add<Slow>("slow", "takes a second a kernel");
  plugin.add<Convolutions>("convolutions", "counts convolutions");
  plugin.add<Last>("last", "sends everything to the last device");
  plugin.add<Refusing>("refusing", "places nothing");
  return Host({.own = plugin.components});
}

}  // namespace

TEST_CASE("a hardware model of the calling program is named as a device is") {
  const auto model = host().open({kModel}).value();
  const auto answer = host().estimate(model, {.on = {"slow", "l4"}});
  INFO((answer ? "" : to_text(answer.error())));
  REQUIRE(answer);
  const auto* estimate = answer->run().models.at(0).results->get<Estimate>("slow");
  REQUIRE(estimate);
  CHECK(estimate->latency.value == Approx(static_cast<double>(estimate->times.size())));
  CHECK(estimate->machine.name == "a second a kernel");
  CHECK(answer->run().models.at(0).results->get<Estimate>("l4"));
}

TEST_CASE("a precision that a hardware model of the calling program lacks is told as a device's is") {
  const auto model = host().open({kModel}).value();
  const auto answer = host().estimate(model, {.on = {"slow"}, .dtype = "f16"});
  REQUIRE(!answer);
  CHECK(to_text(answer.error()) ==
        "error: 'slow' has no f16: it has bf16\n  --> dtype\n"
        "  fix: choose one of those, or leave dtype out: as the model was captured");
}

TEST_CASE("an analysis of the calling program writes under the name that it gives") {
  const auto model = host().open({kModel}).value();
  const auto answer = host().profile(model, {.with = {"convolutions"}});
  INFO((answer ? "" : to_text(answer.error())));
  REQUIRE(answer);
  CHECK(answer->json().find(R"("convolutions": {"version": 0, "number": 20})") != std::string::npos);
}

TEST_CASE("a placer and a target of the calling program") {
  const auto model = host().open({kModel}).value();
  const auto answer = host().place(model, {.target = "slow", .placer = "last"});
  INFO((answer ? "" : to_text(answer.error())));
  REQUIRE(answer);
  CHECK(answer->json().find("\"slow\",\n      \"cpu\"") != std::string::npos);
}

TEST_CASE("a placement that nothing came of is an error") {
  const auto model = host().open({kModel}).value();
  const auto answer = host().place(model, {.target = "slow", .placer = "refusing"});
  REQUIRE(!answer);
  CHECK(answer.error().what.find("nothing can be placed") != std::string::npos);
}

TEST_CASE("a pipeline finds components of the calling program") {
  const ScratchFolder folder;
  std::ofstream(folder / "p.toml") << "[[model]]\npath = \"" << kModel << "\"\n[[hardware]]\nuse = \"slow\"\n"
                                   << "[[test]]\nthat = \"time_s.slow > 20\"\n";
  const auto answer = host().run({folder / "p.toml"});
  INFO((answer ? "" : to_text(answer.error())));
  REQUIRE(answer);
  CHECK(answer->exit_code() == 0);
}

TEST_CASE("components of the calling program that cannot be told apart are refused") {
  Plugin twice;
  twice.add<Slow>("slow", "one");
  twice.add<Slow>("slow", "another");
  const Host host({.own = twice.components});
  const auto answer = host.estimate(host.open({kModel}).value(), {.on = {"slow"}});
  REQUIRE(!answer);
  CHECK(to_text(answer.error()) ==
        "error: the program that calls offers 'slow' twice\n  --> on\n"
        "  fix: name components after their library: \"slow\" or \"slow.something\", each once");
}
