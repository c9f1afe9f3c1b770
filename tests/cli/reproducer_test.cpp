// A script that carries a run out again.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kResnet = ALIDADE_SOURCE_DIR "/models/resnet18.onnx";

Ran reproduced(const std::string& script) {
  return run_program("/bin/sh", {script}, {"ALIDADE=" ALIDADE_BIN});
}

/// The messages of a run that do not name a file.
std::string first_line(const Ran& ran) { return ran.err.substr(0, ran.err.find('\n')); }

}  // namespace

TEST_CASE("a script fails as the run did") {
  const ScratchFolder folder;
  const auto script = folder / "again.sh", file = folder / "p.toml";
  const std::string models =
      "[[model]]\npath = \"" + kResnet + "\"\nbatch = 2\n[[hardware]]\ndevice = \"l4\"\n";
  const std::vector<std::string> ends{
      "[[test]]\nthat = \"params < 1M\"\n[[report]]\nuse = \"json\"\npath = \"" + (folder / "out/x.json") +
          "\"\n",
      "[bind]\nseq = 7\n[[report]]\nuse = \"json\"\n"};
  for (const auto& end : ends) {
    write_text(file, models + end);
    const auto ran = run_program(ALIDADE_BIN, {"run", file, "--reproducer", script});
    INFO(ran.err << read_text(script));
    CHECK(ran.code != 0);
    const auto again = reproduced(script);
    CHECK(again.code == ran.code);
    CHECK(first_line(again) == first_line(ran));
  }
  CHECK(read_text(script).find("\n# It said:\n#   error: ") != std::string::npos);
}

TEST_CASE("a script of a profile prints the same figures") {
  const ScratchFolder folder;
  const auto script = folder / "again.sh";
  const auto ran =
      run_program(ALIDADE_BIN, {"profile", kResnet, "--batch", "4", "--on", "l4", "--with", "fusion",
                                "--convention", "fvcore", "--format", "json", "--reproducer", script});
  REQUIRE(ran.code == 0);
  const auto again = reproduced(script);
  INFO(again.err);
  REQUIRE(again.code == 0);
  const auto before = json::parse(ran.out), after = json::parse(again.out);
  for (const auto* key : {"totals", "layers", "convention", "total_counted", "hardware"}) {
    INFO(key);
    CHECK(after[key] == before[key]);
  }
  CHECK(after["analyses"]["fusion"] == before["analyses"]["fusion"]);
}

TEST_CASE("a script of every verb that carries a pipeline out fails as that did") {
  const ScratchFolder folder;
  const auto script = folder / "again.sh", tests = folder / "t.toml";
  write_text(tests, "[[test]]\nthat = \"params < 1M\"\n");
  const std::string references = ALIDADE_SOURCE_DIR "/tests/data/crosscheck/references.json";
  const std::vector<std::vector<std::string>> verbs{
      {"estimate", kResnet, "--on", "l4", "--bind", "seq=7"},
      {"place", kResnet, "--target", "neuron", "--bind", "seq=7"},
      {"test", kResnet, "--tests", tests},
      {"crosscheck", kResnet, "--references", references, "--bind", "seq=7"}};
  for (auto verb : verbs) {
    verb.insert(verb.end(), {"--reproducer", script});
    const auto ran = run_program(ALIDADE_BIN, verb);
    const auto again = reproduced(script);
    INFO(verb[0] << ": " << ran.err << again.err);
    CHECK(ran.code != 0);
    CHECK(again.code == ran.code);
    if (verb[0] != "test")  // which says what does not hold on its standard output
      CHECK(first_line(again) == first_line(ran));
  }
}

TEST_CASE("a script of a placement has its link, and what flags allow and forbid") {
  const ScratchFolder folder;
  const auto script = folder / "again.sh";
  REQUIRE(run_program(ALIDADE_BIN, {"place", kResnet, "--target", "neuron", "--forbid", "max_pool",
                                    "--reproducer", script})
              .code == 0);
  const auto text = read_text(script);
  for (const std::string part : {"[[link]]\nfrom = \"neuron\"\nto = \"cpu\"\n", "forbid = [\"max_pool\"]"})
    CHECK(text.contains(part));
  CHECK(reproduced(script).code == 0);
}

TEST_CASE("hidden names are nowhere in the script, and the figures stay") {
  const ScratchFolder folder;
  const auto script = folder / "again.sh";
  const auto ran = run_program(
      ALIDADE_BIN, {"profile", kResnet, "--format", "json", "--reproducer", script, "--hide-names"});
  REQUIRE(ran.code == 0);
  const auto text = read_text(script);
  for (const std::string word : {"layer1", "downsample", "conv1", "resnet", "torchvision", "BasicBlock"}) {
    INFO(word);
    CHECK(text.find(word) == std::string::npos);
  }
  const auto again = reproduced(script);
  INFO(again.err);
  REQUIRE(again.code == 0);
  CHECK(json::parse(again.out)["totals"] == json::parse(ran.out)["totals"]);
}

TEST_CASE("a model that cannot be read is named, and stays where it is") {
  const ScratchFolder folder;
  const auto script = folder / "again.sh", model = folder / "broken.onnx";
  write_text(model, "no model");
  const auto ran = run_program(ALIDADE_BIN, {"profile", model, "--reproducer", script});
  CHECK(ran.code == 3);
  CHECK(read_text(script).find("# Not in here, as it could not be read:\n#   " + model + ": ") !=
        std::string::npos);
  const auto again = reproduced(script);
  CHECK(again.code == ran.code);
  CHECK(again.err == ran.err);
}
