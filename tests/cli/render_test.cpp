// `alidade render` and the report `html`: what stands in the page is the JSON result, and no text ends its
// script.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "html_page.hpp"
#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

TEST_CASE("a page holds what the JSON report says") {
  const ScratchFolder folder;
  const auto page = folder / "r.html", kept = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "-o", page}).code == 0);
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "--with", "memory", "-o", kept}).code == 0);
  CHECK(json::parse(result_in(read_text(page))) == json::parse(read_text(kept)));
  const auto rendered = run_program(ALIDADE_BIN, {"render", kept});
  CHECK(rendered.code == 0);
  CHECK(result_in(rendered.out) == read_text(kept));
}

TEST_CASE("a name that is markup stays text in a page") {
  const ScratchFolder folder;
  const auto kept = folder / "r.json";
  const std::string name = "</script><img src=x onerror=alert(1)>";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "mlp_sort", "-o", kept}).code == 0);
  auto document = json::parse(read_text(kept));
  document["layers"][0]["name"] = name;
  write_text(kept, document.dump());
  const auto rendered = run_program(ALIDADE_BIN, {"render", kept});
  CHECK(rendered.out.find(name) == rendered.out.npos);
  CHECK(json::parse(result_in(rendered.out))["layers"][0]["name"] == name);
}

TEST_CASE("what is no result is not rendered") {
  const ScratchFolder folder;
  const auto file = folder / "x.json";
  write_text(file, "{\"schema\": \"other/1\"}");
  const auto ran = run_program(ALIDADE_BIN, {"render", file, "-o", folder / "x.html"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: this is no result of Alidade: expected JSON with \"schema\": \"alidade.result/1\"\n  --> " +
            file + "\n  fix: write one with --format json, or give a model\n");
  CHECK_FALSE(std::filesystem::exists(folder / "x.html"));
}

TEST_CASE("a page has a name that says so") {
  const ScratchFolder folder;
  const auto ran = run_program(ALIDADE_BIN, {"render", folder / "x.json", "-o", folder / "x.txt"});
  CHECK(ran.code == 2);
  CHECK(ran.err == "error: no format is known by the ending of '" + (folder / "x.txt") +
                       "'\n  --> --output\n  fix: end it with .html\n");
}
