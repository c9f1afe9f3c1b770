#include <catch2/catch.hpp>

#include <filesystem>

#include "program.hpp"

using namespace alidade::tests;

namespace {

Ran begin(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"plugins", "new"});
  return run_program(ALIDADE_BIN, std::move(arguments));
}

}  // namespace

// That the projects pass their own tests is seen in tests/install.
TEST_CASE("a new plugin is begun with its name everywhere") {
  ScratchFolder folder;
  for (const std::string kind : {"hardware", "analysis", "frontend", "report", "placer"}) {
    const auto made = folder / kind;
    const auto ran = begin({"acme_x", "--kind", kind, "-o", made});
    INFO(kind << ": " << ran.err);
    REQUIRE(ran.code == 0);
    CHECK(ran.out.starts_with(
        made + ": .gitignore, CMakeLists.txt, README.md, acme_x.cpp, ci.sh, pipeline.toml, small."));
    for (const auto& file : std::filesystem::directory_iterator(made)) {
      INFO(file.path());
      CHECK_FALSE(read_text(file.path().string()).contains("@name@"));
      CHECK_FALSE(read_text(file.path().string()).contains("@expected@"));
    }
  }
}

TEST_CASE("a plugin that cannot be begun says why") {
  ScratchFolder folder;
  CHECK(begin({"acme", "--kind", "hardwar"}).err ==
        "error: there is no kind 'hardwar' (did you mean 'hardware'?)\n  --> --kind\n"
        "  fix: the kinds are analysis, frontend, hardware, placer, report\n");
  CHECK(begin({"Acme-1", "--kind", "report"}).err ==
        "error: 'Acme-1' is no name of a plugin\n  --> NAME\n"
        "  fix: begin with a letter; go on with small letters, digits and _\n");
  REQUIRE(begin({"acme", "--kind", "report", "-o", folder / "acme"}).code == 0);
  const auto again = begin({"acme", "--kind", "placer", "-o", folder / "acme"});
  CHECK(again.code == 6);
  CHECK(again.err == "error: there is something in the folder already\n  --> " + (folder / "acme") +
                         "\n  fix: give another one: -o FOLDER\n");
}
