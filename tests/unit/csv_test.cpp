// A cell as a spreadsheet has it: RFC 4180, and what OWASP lists as the beginnings of formulas.
#include <catch2/catch.hpp>

#include "alidade/base/csv.hpp"

using alidade::text::csv_cell;

TEST_CASE("no cell begins as a formula does") {
  for (const std::string begin : {"=", "+", "-", "@", "＝", "＋", "－", "＠"})
    CHECK(csv_cell(begin + "1") == "'" + begin + "1");
  CHECK(csv_cell("\t=1") == R"('\x09=1)");
  CHECK(csv_cell("\r=1") == R"('\x0d=1)");
  CHECK(csv_cell("\n=1") == R"(\x0a=1)");
  CHECK(csv_cell("a=1") == "a=1");
  CHECK(csv_cell("") == "");
}

TEST_CASE("a cell stays one, whatever a spreadsheet splits at") {
  CHECK(csv_cell("a;=1") == "\"a;=1\"");
  CHECK(csv_cell("a|b") == "\"a|b\"");
  CHECK(csv_cell("a,b") == "\"a,b\"");
  CHECK(csv_cell("say \"a\"") == R"("say ""a""")");
  CHECK(csv_cell("=\",\"") == R"("'="",""")");
}
