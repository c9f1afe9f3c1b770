#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "archives.hpp"
#include "aten/rules.hpp"

using namespace alidade;
using namespace alidade::aten;

namespace {

constexpr std::string_view kMarker = "-->\n";
const std::string kDocument = std::string(ALIDADE_SOURCE_DIR) + "/docs/aten_operators.md";

/// The table as the document prints it: for each theme, the canonical operators and what becomes them.
std::string printed() {
  std::string text;
  for (const auto& theme : themes()) {
    std::vector<Op> order;
    std::map<Op, std::string> names;
    for (const auto& rule : theme.rules) {
      auto& list = names[rule.op];
      if (list.empty()) order.push_back(rule.op);
      list += (list.empty() ? "`" : ", `") + std::string(rule.name) + "`";
    }
    text += "\n## " + std::string(theme.title) + "\n\n| ours | PyTorch's |\n|---|---|\n";
    for (const Op op : order) text += "| `" + std::string(name(op)) + "` | " + names[op] + " |\n";
  }
  return text;
}

std::size_t after_marker(const std::string& document) { return document.find(kMarker) + kMarker.size(); }

}  // namespace

TEST_CASE("docs/aten_operators.md has the table as it is") {
  const auto document = tests::read_text(kDocument);
  REQUIRE(document.contains(kMarker));
  CHECK(document.substr(after_marker(document)) == printed());
}

TEST_CASE("write docs/aten_operators.md anew", "[.write]") {
  const auto document = tests::read_text(kDocument);
  tests::write_text(kDocument, document.substr(0, after_marker(document)) + printed());
}

TEST_CASE("no operator stands in the table twice, and the attributes fit") {
  std::set<std::string_view> seen;
  std::size_t rows = 0;
  for (const auto& theme : themes())
    for (const auto& rule : theme.rules) {
      INFO(rule.name);
      CHECK(seen.insert(rule.name).second);
      CHECK(rule.op != Op::opaque);
      ++rows;
    }
  CHECK(rows > 400);
}
