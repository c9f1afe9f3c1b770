// What XLA's cost analysis says of operators alone and of the networks, before its compiler rewrites them;
// tools/stablehlo_cases measures it.
#include <fstream>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "reading.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using namespace stablehlo_test;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/stablehlo/";

json read_json(const std::string& name) { return json::parse(std::ifstream(kFolder + name)); }

std::uint64_t counted(const Graph& graph) {
  const Counter counter(graph);
  std::uint64_t sum = 0;
  for (const NodeId n : graph.nodes()) {
    const auto w = work(graph, n);
    REQUIRE(w);
    const auto count = is_free(graph.op(n)) ? Counted{} : counter.count(n, *w, Convention::xla).value();
    CHECK(count.high == Upper(count.low));
    sum += count.low;
  }
  return sum;
}

Ran crosscheck(const ScratchFolder& folder, const std::string& file, const json& reference) {
  std::ofstream(folder / "references.json") << reference;
  return run_program(ALIDADE_BIN,
                     {"crosscheck", file, "--references", folder / "references.json", "--format", "json"});
}

/// The cause that the cross-check finds for a program's own count.
json cause_of(const ScratchFolder& folder, const std::string& file, const json& reference) {
  const auto done = crosscheck(folder, file, reference);
  INFO(done.out << done.err);
  REQUIRE(done.code == 0);
  return json::parse(done.out)["analyses"]["crosscheck"]["tools"][0]["classes"][0]["cause"];
}

json reference_of(const std::string& model) {
  const auto xla = read_json("reference.json")["xla"];
  const auto& figures = xla["models"][model];
  return {{"tool", "xla"},
          {"version", xla["version"]},
          {"total", figures["given"]},
          {"compiled", figures["flops"]}};
}

}  // namespace

TEST_CASE("every operator alone counts under xla what XLA counts") {
  const auto operators = read_json("xla_operators.json")["operators"];
  REQUIRE(operators.size() > 70);
  for (const auto& [name, measured] : operators.items()) {
    INFO(name);
    const auto graph = graph_of(measured["text"].get<std::string>());
    CHECK(counted(graph) == measured["flops"].get<std::uint64_t>());
  }
}

TEST_CASE("networks count what XLA counts, and what its compiler changes has that cause") {
  const ScratchFolder folder;
  for (const std::string model :
       {"mlp", "cnn", "conv1d", "conv3d", "attention", "embedding", "bilinear", "patches", "batched"}) {
    INFO(model);
    const auto reference = reference_of(model);
    const auto done = crosscheck(folder, kFolder + model + ".mlir", reference);
    INFO(done.out << done.err);
    CHECK(done.code == 0);
    const auto tool = json::parse(done.out)["analyses"]["crosscheck"]["tools"][0];
    CHECK(tool["ours"] == reference["total"]);
    CHECK(tool["classes"][1]["cause"].is_null() == (reference["total"] == reference["compiled"]));
  }
}

TEST_CASE("XLA's faults are the causes of what differs") {
  const ScratchFolder folder;
  CHECK(cause_of(folder, kFolder + "lstm.mlir", reference_of("lstm")) == "XLA counts one trip of each loop");
  const auto faults = read_json("xla_operators.json")["faults"];
  const auto cause = [&](const std::string& name) {
    std::ofstream(folder / "fault.mlir") << faults[name]["text"].get<std::string>();
    return cause_of(folder, folder / "fault.mlir", {{"tool", "xla"}, {"total", faults[name]["flops"]}});
  };
  CHECK(cause("loop") == "XLA counts one trip of each loop");
  CHECK(cause("custom_call") == "XLA counts -1 for each of 1 custom call");
}

TEST_CASE("a count of XLA's without a cause is a failure") {
  const ScratchFolder folder;
  const auto done = crosscheck(folder, kFolder + "mlp.mlir", {{"tool", "xla"}, {"total", 615967}});
  CHECK(done.code == 1);
  CHECK(done.err.contains("615,968 here, 615,967 there"));
}
