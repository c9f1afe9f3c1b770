#include <catch2/catch.hpp>

#include <filesystem>
#include <iterator>
#include <sstream>

#include "program.hpp"

using namespace alidade::tests;

// What the README shows is what the program prints: every ```console block is run, from the project's folder.

namespace {

struct Example {
  std::string command;
  std::vector<std::string> shown;
};

std::vector<Example> examples(const std::string& file) {
  std::istringstream text(read_text(file));
  std::vector<Example> found;
  bool inside = false;
  for (std::string line; std::getline(text, line);) {
    if (line == "```console") inside = true;
    else if (line == "```") inside = false;
    else if (inside && line.starts_with("$ ")) found.push_back({line.substr(2), {}});
    else if (inside) found.back().shown.push_back(line);
  }
  return found;
}

std::vector<std::string> words(const std::string& command) {
  std::istringstream text(command);
  return {std::istream_iterator<std::string>(text), {}};
}

/// What the program prints, standard output before standard error, with the build folder's name as the README has it.
std::vector<std::string> printed(const std::string& command) {
  auto arguments = words(command);
  REQUIRE(arguments.at(0) == "./dev");
  arguments.erase(arguments.begin(), arguments.begin() + (arguments.at(1) == "alidade" ? 2 : 1));
  if (arguments == std::vector<std::string>{"run"}) arguments.push_back("config/quickstart.toml");
  const auto ran = run_program(ALIDADE_BIN, arguments);
  std::string text = ran.out + ran.err;
  const auto build = std::filesystem::path(ALIDADE_BUILD_DIR).lexically_proximate(ALIDADE_SOURCE_DIR).string();
  for (auto at = text.find(build); at != std::string::npos; at = text.find(build, at + 1)) text.replace(at, build.size(), "build/release");
  std::istringstream lines(text);
  std::vector<std::string> out;
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

}  // namespace

TEST_CASE("every example of the README prints what the README shows") {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(ALIDADE_SOURCE_DIR);
  const auto all = examples("README.md");
  CHECK(all.size() >= 8);
  for (const auto& example : all) {
    INFO(example.command);
    auto lines = printed(example.command);
    auto shown = example.shown;
    REQUIRE(!shown.empty());
    if (shown.back() == "...") {
      shown.pop_back();
      REQUIRE(lines.size() > shown.size());
      lines.resize(shown.size());
    }
    CHECK(lines == shown);
  }
  std::filesystem::current_path(before);
}
