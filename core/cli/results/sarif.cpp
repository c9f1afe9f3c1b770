#include "cli/results/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "alidade/base/json.hpp"

namespace alidade::cli {
namespace {

void write_message(std::string_view key, std::string_view text, ObjectWriter& t) {
  t.begin_object(key);
  t.text("text", text);
  t.end_object();
}

/// Every rule that is broken, once.
void write_tool(const std::vector<Finding>& findings, ObjectWriter& t) {
  std::vector<std::string> rules;
  for (const auto& finding : findings)
    if (std::ranges::find(rules, finding.rule) == rules.end()) rules.push_back(finding.rule);
  t.begin_object("tool");
  t.begin_object("driver");
  t.text("name", "alidade"), t.text("version", ALIDADE_VERSION);
  t.begin_array("rules");
  for (const auto& rule : rules) {
    t.begin_object();
    t.text("id", rule);
    write_message("shortDescription", rule, t);
    t.end_object();
  }
  t.end_array();
  t.end_object();
  t.end_object();
}

/// A path as a reference in a URI: what is no letter, digit or plain sign is %XX.
std::string uri_of(const std::string& path) {
  constexpr std::string_view kPlain = "-._~/";
  std::string out;
  for (const unsigned char c : path)
    if (std::isalnum(c) != 0 || kPlain.contains(static_cast<char>(c)))
      out += static_cast<char>(c);
    else
      out += fmt::format("%{:02X}", c);
  return out;
}

void write_location(const std::string& file, ObjectWriter& t) {
  t.begin_array("locations");
  t.begin_object();
  t.begin_object("physicalLocation");
  t.begin_object("artifactLocation");
  t.text("uri", uri_of(file));
  t.end_object();
  t.end_object();
  t.end_object();
  t.end_array();
}

void write_finding(const Finding& finding, ObjectWriter& t) {
  t.begin_object();
  t.text("ruleId", finding.rule), t.text("level", "error");
  write_message("message", finding.message, t);
  write_location(finding.file, t);
  t.end_object();
}

}  // namespace

void write_sarif(const std::vector<Finding>& findings, Sink& out) {
  JsonWriter t(out);
  t.begin_object();
  t.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json"), t.text("version", "2.1.0");
  t.begin_array("runs");
  t.begin_object();
  write_tool(findings, t);
  t.begin_array("results");
  for (const auto& finding : findings) write_finding(finding, t);
  t.end_array();
  t.end_object();
  t.end_array();
  t.end_object();
}

}  // namespace alidade::cli
