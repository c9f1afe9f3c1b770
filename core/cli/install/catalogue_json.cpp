#include <algorithm>
#include <array>
#include <filesystem>

#include "alidade/base/json.hpp"
#include "cli/install/catalogue.hpp"

namespace alidade::cli {
namespace {

void write(ObjectWriter& t, std::string_view key, bool v) { t.flag(key, v); }
void write(ObjectWriter& t, std::string_view key, std::int64_t v) { t.integer(key, v); }
void write(ObjectWriter& t, std::string_view key, double v) { t.real(key, v); }
void write(ObjectWriter& t, std::string_view key, const std::string& v) { t.text(key, v); }
template <class T>
void write(ObjectWriter& t, std::string_view key, const std::vector<T>& list) {
  t.begin_array(key);
  for (const auto& each : list) write(t, "", each);
  t.end_array();
}

void write(ObjectWriter& t, std::string_view key, const NumberTable& table) {
  t.begin_object(key);
  for (const auto& [name, number] : table) t.real(name, number);
  t.end_object();
}

void write_option(ObjectWriter& t, const OptionInfo& option) {
  constexpr std::array<std::string_view, 8> kTypes{"boolean",  "integer", "number",  "string",
                                                   "integers", "numbers", "strings", "table of numbers"};
  t.begin_object();
  t.text("name", option.name);
  t.text("type", kTypes[option.fallback.index()]);
  if (option.required || option.unset)
    t.nothing("default");
  else
    std::visit([&](const auto& v) { write(t, "default", v); }, option.fallback);
  if (option.required) t.flag("required", true);
  if (!option.unit.empty()) t.text("unit", option.unit);
  if (option.low) t.real(option.low_open ? "above" : "at_least", *option.low);
  if (option.high) t.real("at_most", *option.high);
  if (!option.choices.empty()) write(t, "choices", option.choices);
  t.text("doc", option.doc);
  t.end_object();
}

void write_entry(ObjectWriter& t, const Entry& entry) {
  const auto& info = entry.listed.info;
  t.begin_object();
  t.text("name", info.name);
  t.text("kind", name(info.kind));
  t.text("doc", info.doc);
  t.text("plugin", entry.plugin);
  t.text("version", entry.version);
  t.text("library", entry.library);
  if (!entry.hidden_by.empty()) t.text("hidden_by", entry.hidden_by);
  t.flag("isolated", info.isolated);
  write(t, "needs", entry.listed.needs);
  write(t, "makes", entry.listed.makes);
  t.begin_array("options");
  for (const auto& option : info.options) write_option(t, option);
  t.end_array();
  t.end_object();
}

/// One document: an object with its schema's name and what `body` adds.
void document(Sink& out, std::string_view schema, auto body) {
  JsonWriter t(out);
  t.begin_object();
  t.text("schema", schema);
  body(t);
  t.end_object();
  out.write("\n");
}

}  // namespace

void list_json(Sink& out, const Catalogue& catalogue, std::span<const std::string> folders,
               std::span<const ComponentKind> kinds) {
  document(out, "alidade.plugins/1", [&](ObjectWriter& t) {
    write(t, "folders", std::vector(folders.begin(), folders.end()));
    t.begin_array("components");
    for (const auto& entry : catalogue.entries)
      if (std::ranges::find(kinds, entry.listed.info.kind) != kinds.end()) write_entry(t, entry);
    t.end_array();
    t.begin_array("refused");
    for (const auto& error : catalogue.refused) {
      t.begin_object();
      t.text("library", error.where);
      t.text("what", error.what);
      t.text("fix", error.fix);
      t.end_object();
    }
    t.end_array();
  });
}

void describe_json(Sink& out, std::span<const Entry* const> entries) {
  document(out, "alidade.plugins/1", [&](ObjectWriter& t) {
    t.begin_array("components");
    for (const auto* entry : entries) write_entry(t, *entry);
    t.end_array();
  });
}

void findings_json(Sink& out, const std::string& library, std::span<const host::Finding> findings) {
  document(out, "alidade.plugin-check/1", [&](ObjectWriter& t) {
    t.text("library", library);
    t.flag("passed", std::ranges::all_of(findings, &host::Finding::passed));
    t.begin_array("checks");
    for (const auto& finding : findings) {
      t.begin_object();
      t.text("check", finding.check);
      t.flag("passed", finding.passed);
      if (!finding.detail.empty()) t.text("detail", finding.detail);
      t.end_object();
    }
    t.end_array();
  });
}

void path_json(Sink& out, std::span<const std::string> folders) {
  document(out, "alidade.plugin-path/1", [&](ObjectWriter& t) {
    t.begin_array("folders");
    for (const auto& folder : folders) {
      t.begin_object();
      t.text("folder", folder);
      t.flag("exists", std::filesystem::is_directory(folder));
      t.end_object();
    }
    t.end_array();
  });
}

}  // namespace alidade::cli
