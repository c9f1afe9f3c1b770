// How the program talks beside its result: as text or as lines of JSON, and what plugins took.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
  return out;
}

Ran ask(const std::vector<std::string>& words) { return run_program(ALIDADE_BIN, words); }

}  // namespace

TEST_CASE("messages can be one JSON object a line, wherever that is asked for") {
  for (const auto& words : {std::vector<std::string>{"--log-format", "json", "profile", "./no.onnx"},
                            {"profile", "./no.onnx", "--log-format=json"}}) {
    const auto ran = ask(words);
    INFO(ran.err);
    const auto lines = lines_of(ran.err);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["level"] == "error");
    CHECK(lines[0]["exit_code"] == ran.code);
    CHECK(lines[0]["what"].get<std::string>().contains("no.onnx"));
    CHECK(lines[0]["fix"].is_string());
  }
}

TEST_CASE("a command line that cannot be parsed is said as JSON, too") {
  const auto ran = ask({"profile", "resnet18", "--formt", "json", "--log-format", "json"});
  CHECK(ran.code == 2);
  CHECK(lines_of(ran.err) ==
        std::vector<json>{{{"level", "error"},
                           {"what", "'alidade profile' has no flag '--formt' (did you mean '--format'?)"},
                           {"where", ""},
                           {"fix", "see 'alidade profile --help'"},
                           {"exit_code", 2}}});
}

TEST_CASE("warnings and notes are lines of JSON with their code") {
  const auto ran = ask({"profile", "mlp_sort", "-v", "--log-format", "json", "--format", "json"});
  CHECK(ran.code == 0);
  for (const auto& line : lines_of(ran.err)) {
    CHECK((line["level"] == "note" || line["level"] == "warning"));
    CHECK_FALSE(line["code"].get<std::string>().empty());
  }
}

TEST_CASE("the flag for times says what each plugin took, and changes nothing else") {
  const auto plain = ask({"profile", "resnet18", "--with", "fusion", "--on", "l4"});
  const auto ran = ask({"profile", "resnet18", "--with", "fusion", "--on", "l4", "--timing"});
  CHECK(ran.code == 0);
  CHECK(ran.out == plain.out);
  CHECK(ran.err.starts_with(
      "Times of calls into plugins, and by how much they raised the program's memory:\n"));
  for (const std::string component : {"onnx ", "cost ", "fusion ", "gpu.kernels ", "table "}) {
    INFO(component << ran.err);
    CHECK(ran.err.contains("\n  " + component));
  }
  CHECK(ran.err.contains("\nThe program's highest memory: "));
}

TEST_CASE("times as JSON name the component, its library, and what it took") {
  const auto ran = ask({"--timing", "--log-format", "json", "profile", "resnet18"});
  auto lines = lines_of(ran.err);
  REQUIRE(lines.size() >= 3);
  const auto highest = lines.back()["highest_bytes"].get<double>();
  lines.pop_back();
  double before = 1e9;
  std::set<std::string> components;
  for (const auto& line : lines) {
    INFO(line);
    CHECK(line["level"] == "timing");
    CHECK(line["library"].get<std::string>().ends_with(".so"));
    CHECK(line["calls"] >= 1);
    CHECK(line["grown_bytes"].get<double>() <= highest);
    CHECK(line["seconds"].get<double>() <= before);
    before = line["seconds"];
    components.insert(line["component"]);
  }
  CHECK(components.contains("onnx"));
  CHECK(components.contains("cost"));
}

TEST_CASE("the memory of a worker is its own") {
  const ScratchFolder folder;
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" ALIDADE_SOURCE_DIR
             "/models/resnet18.onnx\"\n[[analysis]]\nuse = \"cost\"\n[[report]]\nuse = \"json\"\n");
  const auto ran = ask({"--timing", "--log-format", "json", "run", folder / "p.toml"});
  REQUIRE(ran.code == 0);
  bool found = false;
  for (const auto& line : lines_of(ran.err))
    if (line.value("component", "") == "onnx" && line["worker_bytes"] > 1'000'000) found = true;
  CHECK(found);
}
