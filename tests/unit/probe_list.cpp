#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "host/plugins/conformance.hpp"
#include "program.hpp"

using namespace alidade;
using namespace alidade::tests;

TEST_CASE("every plugin of the install keeps the rules") {
  for (const auto& file : std::filesystem::directory_iterator(ALIDADE_PLUGIN_DIR)) {
    if (!file.is_regular_file()) continue;  // what a plugin loads itself stands in a folder of its name
    const auto findings = host::check_conformance(file.path());
    REQUIRE(findings);
    CHECK(findings->size() >= 10);
    for (const auto& finding : *findings) {
      INFO(file.path().filename() << ": " << finding.check << ": " << finding.detail);
      CHECK(finding.passed);
    }
  }
}

TEST_CASE("plugins list says what there is") {
  const auto ran = run_program(ALIDADE_BIN, {"plugins", "list", "--json"});
  CHECK(ran.code == 0);
  CHECK(ran.err == "");
  const auto list = nlohmann::json::parse(ran.out);
  CHECK(list.at("schema") == "alidade.plugins/1");
  CHECK(list.at("refused").empty());
  CHECK(list.at("folders").back() == ALIDADE_PLUGIN_DIR);
  bool found = false;
  for (const auto& component : list.at("components")) found = found || component.at("name") == "gpu.kernels";
  CHECK(found);
}

TEST_CASE("plugins list shows one kind, and refuses one that is none") {
  const auto ran = run_program(ALIDADE_BIN, {"plugins", "list", "--kind", "hardware"});
  CHECK(ran.code == 0);
  CHECK(ran.out.starts_with("hardware  cpu.kernels"));
  CHECK(ran.out.find("frontend") == std::string::npos);
  const auto wrong = run_program(ALIDADE_BIN, {"plugins", "list", "--kind", "hardwear"});
  CHECK(wrong.code == 2);
  CHECK(wrong.out == "");
  CHECK(wrong.err ==
        "error: there is no kind 'hardwear' (did you mean 'hardware'?)\n  --> --kind\n"
        "  fix: the kinds are frontend, analysis, hardware, placer, report, operator\n");
}

TEST_CASE("plugins path shows the folders in order") {
  const auto ran = run_program(ALIDADE_BIN, {"plugins", "path"}, {"ALIDADE_PLUGIN_PATH=/nowhere"});
  CHECK(ran.code == 0);
  CHECK(ran.out == "/nowhere  (missing)\n" ALIDADE_PLUGIN_DIR "\n");
}
