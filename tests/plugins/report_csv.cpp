#include <catch2/catch.hpp>

#include "report_sample.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// A reader of RFC 4180 that knows nothing of the writer.
Rows read_csv(const std::string& text) {
  Rows rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& cell = rows.back().back();
    if (quoted && text[i] == '"' && text[i + 1] == '"')
      cell += text[++i];
    else if (text[i] == '"')
      quoted = !quoted;
    else if (quoted)
      cell += text[i];
    else if (text[i] == ',')
      rows.back().emplace_back();
    else if (text[i] == '\r' && text[i + 1] == '\n')
      ++i, rows.push_back({""});
    else
      cell += text[i];
  }
  REQUIRE_FALSE(quoted);
  REQUIRE(rows.back() == std::vector<std::string>{""});
  rows.pop_back();
  return rows;
}

Rows table(const std::string& name, const Run& run) {
  auto rows = read_csv(report("csv", run, {{"table", name}}));
  for (const auto& row : rows) CHECK(row.size() == rows[0].size());
  return rows;
}

std::string cell(const Rows& rows, std::size_t row, const std::string& column) {
  for (std::size_t i = 0; i < rows[0].size(); ++i)
    if (rows[0][i] == column) return rows.at(row).at(i);
  FAIL("no column " << column);
  return {};
}

}  // namespace

TEST_CASE("a row is an operator") {
  const auto tiny = sample();
  const auto rows = table("ops", run_of({tiny->model}));
  REQUIRE(rows.size() == 7);
  CHECK(cell(rows, 1, "model") == "tiny");
  CHECK(cell(rows, 1, "name") == "block.conv");
  CHECK(cell(rows, 1, "flops") == "120000");
  CHECK(cell(rows, 1, "params") == "108");
  CHECK(cell(rows, 1, "output") == "f32[1,4,8,8]");
  CHECK(cell(rows, 1, "source") == "net.py:12");
  CHECK(cell(rows, 1, "time_s:box") == "1e-06");
  CHECK(cell(rows, 4, "arithmetic_intensity_flops_per_byte") == "");
  CHECK(cell(rows, 3, "certainty") == "bounded");
}

TEST_CASE("a row is a module, the parents' figures being their children's") {
  const auto tiny = sample();
  const auto rows = table("modules", run_of({tiny->model}));
  REQUIRE(rows.size() == 1 + tiny->graph.module_count());
  CHECK(cell(rows, 1, "module") == "");
  CHECK(cell(rows, 1, "flops") == "240512");
  std::uint64_t below = 0;
  for (std::size_t i = 2; i < rows.size(); ++i)
    if (cell(rows, i, "depth") == "1") below += std::stoull(cell(rows, i, "flops"));
  CHECK(below == 240'512);  // the root's only own operator is a view
}

TEST_CASE("a row is a model") {
  const auto tiny = sample();
  const auto rows = table("totals", run_of({tiny->model, failed_model()}));
  REQUIRE(rows.size() == 3);
  CHECK(cell(rows, 1, "macs") == "120000");
  CHECK(cell(rows, 1, "error") == "");
  CHECK(cell(rows, 2, "model") == "broken");
  CHECK(cell(rows, 2, "error") == "the file ends early");
}

TEST_CASE("a failed model has a row in every table") {
  for (const auto* name : {"ops", "modules", "totals"})
    CHECK(cell(table(name, run_of({failed_model()})), 1, "error") == "the file ends early");
}

TEST_CASE("no text is a formula, no row is two lines") {
  const auto tiny = sample();
  for (const auto& [name, expected] :
       std::vector<std::pair<std::string, std::string>>{{"=1+1", "'=1+1"},
                                                        {"+a", "'+a"},
                                                        {"-a", "'-a"},
                                                        {"@a", "'@a"},
                                                        {"\ta", "'\\x09a"},
                                                        {"\ra", "'\\x0da"},
                                                        {"a,b", "a,b"},
                                                        {"a\"b", "a\"b"},
                                                        {"\"=x\",", "\"=x\","},
                                                        {"a\nb", "a\\x0ab"},
                                                        {"\x1b[31m", "\\x1b[31m"},
                                                        {"größe 重み", "größe 重み"},
                                                        {std::string(300, 'x'), std::string(300, 'x')}}) {
    tiny->model.id = name;
    CHECK(cell(table("ops", run_of({tiny->model})), 1, "model") == expected);
  }
}

TEST_CASE("numbers are written whole") {
  const std::uint64_t scale = (std::uint64_t{1} << 43) + 1;
  const auto big = sample(kTiny, scale);
  CHECK(cell(table("ops", run_of({big->model})), 1, "flops") == std::to_string(120'000 * scale));
}
