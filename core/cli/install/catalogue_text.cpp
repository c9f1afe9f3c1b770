#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "cli/install/catalogue.hpp"

namespace alidade::cli {
namespace {

std::string shown(bool v) { return v ? "true" : "false"; }
std::string shown(std::int64_t v) { return std::to_string(v); }
std::string shown(double v) { return text::number(v); }
std::string shown(const std::string& v) { return text::quoted(v); }
template <class T>
std::string shown(const std::vector<T>& list) {
  std::vector<std::string> parts;
  parts.reserve(list.size());
  for (const auto& each : list) parts.push_back(shown(each));
  return "[" + text::join(parts, ", ") + "]";
}

std::string shown(const NumberTable& table) {
  std::vector<std::string> parts;
  for (const auto& [key, number] : table) parts.push_back(key + " = " + shown(number));
  return parts.empty() ? "{}" : "{ " + text::join(parts, ", ") + " }";
}

std::string_view type_word(const OptionValue& value) {
  constexpr std::array<std::string_view, 8> kWords{"true or false", "whole number",    "number",
                                                   "text",          "whole numbers",   "numbers",
                                                   "texts",         "table of numbers"};
  return kWords[value.index()];
}

std::string allowed(const OptionInfo& option) {
  std::string range;
  if (option.low)
    range += fmt::format(", {} {}", option.low_open ? "above" : "at least", text::number(*option.low));
  if (option.high) range += fmt::format(", at most {}", text::number(*option.high));
  const bool table = std::holds_alternative<NumberTable>(option.fallback);
  if (!option.choices.empty()) range += (table ? ", by " : ", one of ") + text::join(option.choices, ", ");
  return range;
}

void describe_option(Sink& out, const OptionInfo& option) {
  const auto value = option.required ? "(has to be stated)"
                     : option.unset  ? "(not stated)"
                                     : std::visit([](const auto& v) { return shown(v); }, option.fallback);
  out.write(fmt::format("  {} = {}{}{}\n      {} ({}{})\n", option.name, value,
                        option.unit.empty() ? "" : "  # ", option.unit, text::printable(option.doc),
                        type_word(option.fallback), allowed(option)));
}

}  // namespace

void list_text(Sink& out, const Catalogue& catalogue, std::span<const ComponentKind> kinds) {
  std::size_t width = 0;
  for (const auto& entry : catalogue.entries) width = std::max(width, entry.listed.info.name.size());
  for (const auto& entry : catalogue.entries) {
    const auto& info = entry.listed.info;
    if (std::ranges::find(kinds, info.kind) == kinds.end()) continue;
    out.write(fmt::format("{:<8}  {:<{}}  {}  [{} {}{}]\n", name(info.kind), info.name, width,
                          text::printable(info.doc), text::printable(entry.plugin),
                          text::printable(entry.version),
                          entry.hidden_by.empty() ? "" : ", not used: " + entry.hidden_by + " comes first"));
  }
  if (!catalogue.refused.empty()) out.write("not usable:\n");
  for (const auto& error : catalogue.refused)
    out.write(fmt::format("  {}\n      {}\n", error.what, error.where));
}

void describe_text(Sink& out, std::span<const Entry* const> entries) {
  for (const auto* entry : entries) {
    const auto& info = entry->listed.info;
    out.write(fmt::format("{}{}: {}\n  {} of {} {}, {}\n", entry == entries.front() ? "" : "\n", info.name,
                          text::printable(info.doc), name(info.kind), text::printable(entry->plugin),
                          text::printable(entry->version), entry->library));
    if (info.isolated) out.write("  runs in a worker process\n");
    if (!entry->listed.needs.empty()) out.write("  needs " + text::join(entry->listed.needs, ", ") + "\n");
    if (!entry->listed.makes.empty()) out.write("  makes " + text::join(entry->listed.makes, ", ") + "\n");
    for (const auto& option : info.options) describe_option(out, option);
  }
}

}  // namespace alidade::cli
