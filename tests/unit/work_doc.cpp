// docs/counting.md holds the declared table as it is; ALIDADE_WRITE_DOCS=1 writes it there.
#include "alidade/ir/work_table.hpp"
#include "page_part.hpp"
#include "work_samples.hpp"

using namespace alidade;

namespace {

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

}  // namespace

TEST_CASE("the page on counting prints the declared table") {
  samples::check_page_part("counting.md", "operators", operators());
}

TEST_CASE("every row of the table says why") {
  for (const auto& rule : work_table::rules()) {
    INFO(name(rule.op));
    CHECK_FALSE(rule.why.empty());
    if (class_of(rule.op) == OpClass::elementwise) CHECK(rule.per_output > 0);
    if (class_of(rule.op) == OpClass::view) CHECK(rule.traffic == work_table::Traffic::none);
  }
}
