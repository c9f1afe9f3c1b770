#include <algorithm>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "effective.hpp"
#include "layers.hpp"

namespace alidade::host {
namespace {

using Table = ConfigNode::Table;
using List = ConfigNode::List;

std::string origin(const Place& place) {
  if (place.origin == Origin::builtin) return "default";
  const auto file = text::printable(place.file);
  return place.origin == Origin::file && place.line > 0 ? file + ":" + std::to_string(place.line) : file;
}

bool is_table(const ConfigNode& node) { return node.as<Table>() != nullptr; }
bool is_entries(const ConfigNode& node) {
  const auto* list = node.as<List>();
  return list && !list->empty() && std::ranges::all_of(*list, is_table);
}

/// Writes a pipeline as TOML, one line per value.
class TomlWriter {
 public:
  TomlWriter(bool with_origin, Sink& out) : with_origin_(with_origin), out_(out) {}

  void pipeline(const ConfigNode& root) {
    for (const auto& member : *root.as<Table>())
      if (!is_table(member.node) && !is_entries(member.node)) value(key_to_toml(member.key), member.node);
    for (const auto& member : *root.as<Table>()) section(member);
  }

 private:
  void section(const ConfigNode::Member& member) {
    const auto key = key_to_toml(member.key);
    if (is_entries(member.node)) {
      for (const auto& entry : *member.node.as<List>()) header("[[" + key + "]]"), values({}, entry);
    } else if (const auto* table = member.node.as<Table>(); table && member.key == "frontend") {
      for (const auto& below : *table) {
        if (!is_table(below.node)) continue;
        header("[" + key + "." + key_to_toml(below.key) + "]");
        values({}, below.node);
      }
    } else if (table && !table->empty()) {
      header("[" + key + "]");
      values({}, member.node);
    }
  }
  void header(const std::string& text) { out_.write("\n" + text + "\n"); }
  /// Tables inside become dotted keys, so that each value keeps an origin of its own.
  void values(const std::string& prefix, const ConfigNode& table) {
    for (const auto& member : *table.as<Table>()) {
      const auto key = prefix + key_to_toml(member.key);
      if (const auto* inner = member.node.as<Table>(); inner && !inner->empty())
        values(key + ".", member.node);
      else
        value(key, member.node);
    }
  }
  void value(const std::string& key, const ConfigNode& node) {
    out_.write(key + " = " + to_toml(node) + (with_origin_ ? "  # " + origin(node.place) : std::string{}) +
               "\n");
  }

  bool with_origin_;
  Sink& out_;
};

/// Writes a pipeline as JSON.
class TreeWriter {
 public:
  TreeWriter(bool with_origin, ObjectWriter& out) : with_origin_(with_origin), out_(out) {}

  void write(std::string_view key, const ConfigNode& node) {
    if (const auto* table = node.as<Table>()) return write_table(key, *table);
    if (is_entries(node)) return write_list(key, *node.as<List>());
    if (!with_origin_) return write_plain(key, node);
    out_.begin_object(key);
    write_plain("value", node);
    out_.text("origin", origin(node.place));
    out_.end_object();
  }

 private:
  void write_table(std::string_view key, const Table& table) {
    out_.begin_object(key);
    for (const auto& member : table) write(member.key, member.node);
    out_.end_object();
  }
  void write_list(std::string_view key, const List& list) {
    out_.begin_array(key);
    for (const auto& entry : list) write({}, entry);
    out_.end_array();
  }
  void write_plain(std::string_view key, const ConfigNode& node) {
    if (const auto* v = node.as<bool>()) return out_.flag(key, *v);
    if (const auto* v = node.as<std::int64_t>()) return out_.integer(key, *v);
    if (const auto* v = node.as<double>()) return out_.real(key, *v);
    if (const auto* v = node.as<std::string>()) return out_.text(key, *v);
    if (const auto* v = node.as<Date>()) return out_.text(key, v->text);
    if (const auto* v = node.as<Table>()) return write_table(key, *v);
    out_.begin_array(key);
    for (const auto& item : *node.as<List>()) write_plain({}, item);
    out_.end_array();
  }

  bool with_origin_;
  ObjectWriter& out_;
};

}  // namespace

void write_effective_toml(const ConfigNode& pipeline, bool with_origin, Sink& out) {
  auto written = pipeline;
  escape_environment(written);
  TomlWriter(with_origin, out).pipeline(written);
}

void write_effective_json(const ConfigNode& pipeline, bool with_origin, Sink& out) {
  JsonWriter json(out);
  TreeWriter(with_origin, json).write({}, pipeline);
}

}  // namespace alidade::host
