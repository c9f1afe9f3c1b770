// What a configuration that is refused would be worth.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/placement/";

double least(const std::string& file, std::vector<std::string> more) {
  std::vector<std::string> args{"place",    kFolder + file, "--target", "neuron",
                                "--placer", "min_cut",      "--format", "json"};
  args.insert(args.end(), more.begin(), more.end());
  const auto ran = run_program(ALIDADE_BIN, args);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out)[0]["time_s"];
}

json ranked(std::vector<std::string> more) {
  std::vector<std::string> args{"rank-support",
                                kFolder + "sort_last.pt2",
                                kFolder + "sort_between.pt2",
                                kFolder + "sort_last.onnx",
                                "--target",
                                "neuron",
                                "--format",
                                "json"};
  args.insert(args.end(), more.begin(), more.end());
  const auto ran = run_program(ALIDADE_BIN, args);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out);
}

}  // namespace

TEST_CASE("the gain of a configuration is what placing with it allowed takes less, over all models") {
  const auto rows = ranked({});
  REQUIRE(rows.size() == 2);  // a sort, and a top-k that is one
  const auto& sort = rows[0]["reason"] == "a sort is not taken" ? rows[0] : rows[1];
  CHECK(sort["operator"] == "aten::sort");
  CHECK(sort["operators"] == 2);
  CHECK(sort["models"] == 2);
  CHECK(sort["made_whole"] == 2);
  double gain = 0;
  for (const std::string file : {"sort_last.pt2", "sort_between.pt2"})
    gain += least(file, {}) - least(file, {"--allow", "aten::sort"});
  CHECK(sort["gained_s"].get<double>() == Approx(gain).epsilon(1e-9));
  CHECK(rows[0]["gained_s"].get<double>() >= rows[1]["gained_s"].get<double>());
}

TEST_CASE("a model that something else keeps from the target is not made whole") {
  for (const auto& row : ranked({"--forbid", "log_softmax"})) {
    CHECK(row["made_whole"] == 0);
    if (row["operator"] == "aten::log_softmax") CHECK(row["reason"] == "the user forbids it there");
  }
}

TEST_CASE("the page of gains has a line for each configuration") {
  const auto ran =
      run_program(ALIDADE_BIN, {"rank-support", kFolder + "sort_last.pt2", "--target", "neuron"});
  CHECK(ran.code == 0);
  CHECK(ran.out.starts_with("If neuron ran it, of 1 model:\n"));
  CHECK(ran.out.find("aten::sort  a sort is not taken") != std::string::npos);
}
