// docs/limits.md holds the table of [limits] as it is; ALIDADE_WRITE_DOCS=1 writes it there.
#include "alidade/base/text.hpp"
#include "host/config/limits.hpp"
#include "page_part.hpp"

using namespace alidade;

namespace {

std::string table() {
  std::string out = "| key | default | may be up to | what it limits | for |\n|---|---|---|---|---|\n";
  for (const auto& row : host::limit_rows()) {
    const auto unit = row.unit.empty() ? "" : " " + std::string(row.unit);
    out += "| `limits." + std::string(row.key) + "` | " + text::grouped(host::Limits{}.*row.member) + unit +
           " | " + text::grouped(row.most) + " | " + std::string(row.counts) + " | " +
           std::string(row.where) + " |\n";
  }
  return out;
}

}  // namespace

TEST_CASE("the page on limits prints the table of [limits]") {
  samples::check_page_part("limits.md", "limits", table());
}

TEST_CASE("every limit is by default within what may be asked for") {
  for (const auto& row : host::limit_rows()) {
    INFO(row.key);
    CHECK(host::Limits{}.*row.member >= 1);
    CHECK(host::Limits{}.*row.member <= row.most);
  }
}
