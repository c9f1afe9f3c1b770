// Partitions as graph files: what is written is read again, and is together what was cut.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/placement/";

json read_json(const std::string& path) { return json::parse(read_text(path)); }

json totals(const std::string& model) {
  const auto ran = run_program(ALIDADE_BIN, {"profile", model, "--format", "json"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out)["totals"];
}

}  // namespace

TEST_CASE("partitions are graphs of their own, and a list names their operators and tensors") {
  for (const std::string ending : {".onnx", ".pt2"}) {
    INFO(ending);
    const ScratchFolder folder;
    const auto ran = run_program(ALIDADE_BIN, {"place", kFolder + "sort_between" + ending, "--target",
                                               "neuron", "--partitions", folder / "parts"});
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    const auto list = read_json(folder / "parts/sort_between.json");
    REQUIRE(list["partitions"].size() == 3);
    CHECK(list["partitions"][1]["device"] == "cpu");
    CHECK(list["partitions"][1]["graph"] == "sort_between.2.cpu.alg");
    CHECK(list["partitions"][1]["operators"].size() == 1);
    CHECK(list["partitions"][0]["outputs"] == list["partitions"][1]["inputs"]);
    std::uint64_t macs = 0, params = 0;
    for (const auto& one : list["partitions"]) {
      const auto part = totals(folder / ("parts/" + one["graph"].get<std::string>()));
      macs += part["macs"].get<std::uint64_t>(), params += part["params"].get<std::uint64_t>();
    }
    const auto whole = totals(kFolder + "sort_between" + ending);
    CHECK(macs == whole["macs"].get<std::uint64_t>());
    CHECK(params == whole["params"].get<std::uint64_t>());
  }
}

TEST_CASE("an operator with regions goes into its partition with all that it holds") {
  const ScratchFolder folder;
  write_text(folder / "m.alg",
             "graph \"m\" {\n  input %x : f32[2,8]\n  input %c : bool[]\n  parameter %w : f32[8,8]\n"
             "  %a = linear(%x, %w) : f32[2,8]\n  %s = sort(%a) {axes=[1]} : f32[2,8]\n"
             "  %y = if(%c) : f32[2,8] {\n    %p = linear(%s, %w) : f32[2,8]\n    yield %p\n  } {\n"
             "    %q = relu(%a) : f32[2,8]\n    yield %q\n  }\n  return %y\n}\n");
  const auto ran = run_program(
      ALIDADE_BIN, {"place", folder / "m.alg", "--target", "neuron", "--set",
                    "placement.min_operator_percentage_threshold=0", "--partitions", folder / "parts"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto list = read_json(folder / "parts/m.json");
  const auto& last = list["partitions"].back();
  CHECK(last["inputs"] == json::array({"a", "c"}));
  CHECK(last["operators"] == json::array({"s", "y"}));
  const auto part =
      run_program(ALIDADE_BIN, {"inspect", folder / ("parts/" + last["graph"].get<std::string>())});
  INFO(part.err);
  CHECK(part.code == 0);
}
