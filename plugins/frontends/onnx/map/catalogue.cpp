#include "catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bodies/function_bodies.hpp"
#include "rules.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::string_view kHead =
    "# ONNX operators\n\n"
    "What the ONNX frontend makes of each operator, written by its own table (`test_onnx` fails when this "
    "page differs; "
    "`ALIDADE_WRITE_DOCS=1` writes it anew). Several canonical operators mean that a fused one comes apart, "
    "its parts named "
    "`name/part`. An operator that is *opaque* keeps its name, is reported, and has bounds in place of a "
    "cost; so is every "
    "operator that is not listed, unless the model defines it as a function, which is then expanded.\n";

std::string canonical(const Rule& rule) {
  if (rule.map == &map_opaque) return "*opaque*";
  if (rule.map == &map_body) return "what ONNX defines it by";
  return std::string(rule.doc.empty() ? name(rule.target) : rule.doc);
}

void section(std::string& page, std::string_view domain, bool with_versions) {
  std::map<std::string_view, const Rule*> rows;
  std::size_t opaque = 0;
  for (const auto& table : rule_tables())
    if (table.domain == domain)
      for (const auto& rule : table.rules) rows.emplace(rule.op, &rule);
  for (const auto& [op, rule] : rows) opaque += rule->map == &map_opaque;
  page += fmt::format(
      "\n## {}\n\n{} operator{}, {} of them opaque{}.\n\n| operator | becomes |\n|---|---|\n",
      domain.empty() ? "ai.onnx" : domain, rows.size(), rows.size() == 1 ? "" : "s", opaque,
      with_versions ? fmt::format("; operator sets 7 to {}", FunctionBodies::newest_opset()) : "");
  for (const auto& [op, rule] : rows) page += fmt::format("| {} | {} |\n", op, canonical(*rule));
}

}  // namespace

std::string operator_catalogue() {
  std::string page(kHead);
  section(page, "", true);
  section(page, "ai.onnx.ml", false);
  section(page, "ai.onnx.preview", false);
  section(page, "ai.onnx.preview.training", false);
  section(page, "com.microsoft", false);
  return page;
}

std::vector<std::string_view> unnamed_operators() {
  std::vector<std::string_view> missing;
  for (const auto op : FunctionBodies::operators())
    if (!find_rule("", op)) missing.push_back(op);
  return missing;
}

}  // namespace alidade::onnx_file
