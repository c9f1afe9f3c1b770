// The one file that includes toml++. Hostile text reaches assertions of toml++ 3.3.0, and its "unreachable"
// ends: both are exceptions here, so the header is compiled in rather than linked.
#include <stdexcept>

#undef NDEBUG
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(expr) ((expr) ? void() : throw std::logic_error("toml++ did not expect this text"))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wterminate"
#include <toml++/impl/forward_declarations.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false  // in a table of white space that has no entry for some letters
#include <toml++/impl/unicode.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE throw std::logic_error("toml++ did not expect this text")
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <sstream>

#include "alidade/base/text.hpp"
#include "toml.hpp"

namespace alidade::host {
namespace {

Place place_of(const toml::source_region& region, const Place& source) {
  return {source.file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column),
          source.origin};
}

ConfigNode node_from(const toml::node& node, const Place& source);

ConfigNode table_from(const toml::table& table, const Place& source) {
  ConfigNode::Table members;
  for (const auto& [key, value] : table)
    members.push_back({std::string(key.str()), place_of(key.source(), source), node_from(value, source)});
  std::ranges::stable_sort(members, {},
                           [](const auto& m) { return std::pair(m.place.line, m.place.column); });
  return {std::move(members), place_of(table.source(), source)};
}

ConfigNode list_from(const toml::array& array, const Place& source) {
  ConfigNode::List list;
  for (const auto& value : array) list.push_back(node_from(value, source));
  return {std::move(list), place_of(array.source(), source)};
}

template <class T>
ConfigNode date_from(const toml::value<T>& value, const Place& source) {
  std::ostringstream out;
  out << value.get();
  return {Date{out.str()}, place_of(value.source(), source)};
}

ConfigNode node_from(const toml::node& node, const Place& source) {
  const auto place = place_of(node.source(), source);
  switch (node.type()) {
    case toml::node_type::table:
      return table_from(*node.as_table(), source);
    case toml::node_type::array:
      return list_from(*node.as_array(), source);
    case toml::node_type::string:
      return {node.as_string()->get(), place};
    case toml::node_type::integer:
      return {node.as_integer()->get(), place};
    case toml::node_type::floating_point:
      return {node.as_floating_point()->get(), place};
    case toml::node_type::boolean:
      return {node.as_boolean()->get(), place};
    case toml::node_type::date:
      return date_from(*node.as_date(), source);
    case toml::node_type::time:
      return date_from(*node.as_time(), source);
    case toml::node_type::date_time:
      return date_from(*node.as_date_time(), source);
    default:
      return {};
  }
}

std::string_view line_of(std::string_view text, int line) {
  for (int i = 1; i < line && !text.empty(); ++i)
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  return text.substr(0, text.find('\n'));
}

/// The place of `key`, of which toml++ gives the end of the value that belongs to it.
Place start_of(std::string_view key, Place end, std::string_view text) {
  const auto at = line_of(text, end.line).rfind(key, static_cast<std::size_t>(end.column));
  if (at != std::string_view::npos) end.column = static_cast<int>(at) + 1;
  return end;
}

/// toml++ says "Error while parsing X: Y".
Mistake mistake_from(const toml::parse_error& error, std::string_view text, const Place& source) {
  static constexpr std::string_view prefix = "Error while parsing ", twice = "cannot redefine existing ";
  auto what = text::visible(error.description());
  const auto place = place_of(error.source(), source);
  if (const auto at = what.find(twice); at != what.npos) {
    const auto name = what.find('\'', at) + 1, end = what.find('\'', name);
    const auto key = what.substr(name, end - name);
    return {start_of(key, place, text), "key " + text::quoted(key) + " is written twice",
            "keep one of the two"};
  }
  if (what.starts_with(prefix)) what = "not TOML: in " + what.substr(prefix.size());
  return {place, std::move(what), "see https://toml.io for the format"};
}

}  // namespace

std::expected<ConfigNode, Mistake> parse_toml(std::string_view text, const Place& source) {
  if (auto refused = refuse_text(text, source.file)) return std::unexpected(std::move(*refused));
  try {
    return table_from(toml::parse(text), source);
  } catch (const toml::parse_error& error) {
    return std::unexpected(mistake_from(error, text, source));
  } catch (const std::logic_error& error) {
    return std::unexpected(
        Mistake{source, std::string("not TOML: ") + error.what(), "see https://toml.io for the format"});
  }
}

}  // namespace alidade::host
