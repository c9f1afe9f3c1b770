// docs/counting.md holds the declared table as it is; ALIDADE_WRITE_DOCS=1 writes it there.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "alidade/ir/work_table.hpp"
#include "work_samples.hpp"

using namespace alidade;

namespace {

constexpr std::string_view kBegin = "<!-- generated: operators -->\n", kEnd = "<!-- end -->";

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text.empty() ? "0" : text;
}

std::string flops(const work_table::Rule& rule) {
  std::vector<std::string> parts;
  if (rule.per_input > 0) parts.push_back(std::to_string(rule.per_input) + " per element of x");
  if (rule.per_output > 0) parts.push_back(std::to_string(rule.per_output) + " per element of y");
  if (!rule.flops.empty()) parts.emplace_back(rule.flops);
  return join(parts);
}

std::string operators() {
  std::string table =
      "| operator | class | MACs | FLOPs beside 2 per MAC | moves | why |\n|---|---|---|---|---|---|\n";
  for (const auto& rule : work_table::rules())
    table += "| `" + std::string(name(rule.op)) + "` | " + std::string(name(class_of(rule.op))) + " | " +
             (rule.macs.empty() ? "0" : std::string(rule.macs)) + " | " + flops(rule) + " | " +
             std::string(work_table::words(rule.traffic)) + " | " + std::string(rule.why) + " |\n";
  return table;
}

std::string read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the page on counting prints the declared table") {
  const std::string path = std::string(ALIDADE_SOURCE_DIR) + "/docs/counting.md", page = read(path);
  const auto begin = page.find(kBegin), end = page.find(kEnd, begin);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::string fresh = page.substr(0, begin + kBegin.size()) + operators() + page.substr(end);
  if (std::getenv("ALIDADE_WRITE_DOCS") != nullptr)
    std::ofstream(path) << fresh;
  else
    CHECK(fresh == page);
}

TEST_CASE("every row of the table says why") {
  for (const auto& rule : work_table::rules()) {
    INFO(name(rule.op));
    CHECK_FALSE(rule.why.empty());
    if (class_of(rule.op) == OpClass::elementwise) CHECK(rule.per_output > 0);
    if (class_of(rule.op) == OpClass::view) CHECK(rule.traffic == work_table::Traffic::none);
  }
}
