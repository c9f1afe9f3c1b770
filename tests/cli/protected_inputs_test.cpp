// No report takes the place of a file that the run reads.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "program.hpp"

using namespace alidade::tests;

namespace {

struct Inputs {
  Inputs() {
    write_text(folder / "a.alg",
               "graph \"a\" {\n  input %x : f32[4]\n  %y = relu(%x) : f32[4]\n  return %y\n}\n");
    write_text(folder / "more.toml", "[[model]]\npath = \"a.alg\"\n");
    REQUIRE(::link((folder / "more.toml").c_str(), (folder / "hard.toml").c_str()) == 0);
    write_text(
        folder / "counts.json",
        R"({"tool": "fvcore", "total": 0, "by_operator": {}, "by_module": {"": 0}, "unsupported": {}})");
  }
  std::string run(const std::string& path) {
    const auto text = "include = [\"more.toml\"]\n[[report]]\nuse = \"csv\"\npath = \"" + path + "\"\n";
    write_text(folder / "self.toml", text);
    const auto ran = run_program(ALIDADE_BIN, {"run", folder / "self.toml"});
    CHECK(read_text(folder / "self.toml") == text);
    CHECK(read_text(folder / "more.toml") == "[[model]]\npath = \"a.alg\"\n");
    return std::to_string(ran.code) + " " + ran.err;
  }
  ScratchFolder folder;
};

}  // namespace

TEST_CASE("a report over the pipeline file, an include or a model is refused") {
  Inputs inputs;
  for (const std::string name : {"self.toml", "./self.toml", "more.toml", "hard.toml", "a.alg"}) {
    const auto path = inputs.folder / name;
    CHECK(inputs.run(path) == "6 error: cannot write '" + path +
                                  "': it is an input of this run\n  fix: give the report another name\n");
  }
  CHECK(inputs.run(inputs.folder / "new.csv") == "0 ");
}

TEST_CASE("a report over what an option reads, or over standard input, is refused") {
  Inputs inputs;
  const auto counts = inputs.folder / "counts.json", model = inputs.folder / "a.alg";
  const auto checked = run_program(ALIDADE_BIN, {"crosscheck", model, "--references", counts, "-o", counts});
  CHECK(checked.code == 6);
  CHECK(checked.err.find("it is an input of this run") != std::string::npos);
  const auto piped = run_program(
      ALIDADE_BIN, {"profile", "-", "--frontend", "text", "--format", "table", "-o", model}, {}, model);
  CHECK(piped.code == 6);
  CHECK(piped.err.find("it is an input of this run") != std::string::npos);
}
