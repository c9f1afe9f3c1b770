#include "alidade/ir/print.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <unordered_map>

#include "alidade/base/text.hpp"
#include "alidade/base/utf8.hpp"
#include "alidade/ir/arrays.hpp"
#include "attributes.hpp"
#include "text_form.hpp"

namespace alidade {
namespace text_form {

bool is_bare(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("_.$/:-").contains(c);
}

std::string literal(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto c = first_character(text);
    const auto bytes = text.substr(0, c.length);
    if (c.code == '"' || c.code == '\\')
      out += '\\', out += bytes;
    else if (c.code == '\n')
      out += "\\n";
    else if (!c.valid || is_unprintable(c.code))
      append_hex(out, bytes);
    else
      out += bytes;
    text.remove_prefix(c.length);
  }
  return out += '"';
}

std::string_view keyword(ValueKind kind) {
  static constexpr std::string_view kWords[] = {"result", "input",    "parameter",
                                                "buffer", "constant", "argument"};
  return kWords[static_cast<std::size_t>(kind)];
}

}  // namespace text_form

namespace {

using namespace text_form;

/// Whether it can be read without quotes: neither "*", which is no rank, nor digits that fit no number.
bool bare_expression(std::string_view s) {
  const auto starts = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  return !s.empty() && starts(s[0]) && s.find_first_not_of("-0123456789") != std::string_view::npos &&
         std::ranges::all_of(s, [&](char c) { return starts(c) || std::string_view("+*/ -").contains(c); });
}

class Printer {
 public:
  Printer(const Graph& g, Sink& out) : g_(g), out_(out), names_(value_names(g)) {
    for (const ValueId v : g.values())
      names_[v] = "%" + (std::ranges::all_of(names_[v], is_bare) ? names_[v] : literal(names_[v]));
  }

  void whole() {
    out_.write("graph " + literal(g_.name()));
    if (!g_.format().empty()) out_.write(" format " + literal(g_.format()));
    if (!g_.producer().empty()) out_.write(" producer " + literal(g_.producer()));
    out_.write(" {\n");
    modules();
    for (const auto& row : g_.arrays().attachments)
      out_.write("  attachment " + literal(g_.text(row.name)) + " " + literal(g_.text(row.text)) + "\n");
    for (const ValueId v : g_.values()) declare(v);
    for (const NodeId n : g_.body()) node(n, "  ");
    for (const auto& d : g_.notes()) note(d);
    out_.write("  return " + values(g_.outputs()) + "\n}\n");
  }

 private:
  template <class Range>
  std::string values(const Range& range) const {
    std::string text;
    for (const ValueId v : range) text += (text.empty() ? "" : ", ") + (v.valid() ? names_[v] : "_");
    return text;
  }
  void modules() {
    for (std::size_t m = 0; m < g_.module_count(); ++m)
      if (const auto type = g_.type(ModuleId(m)); !type.empty())
        out_.write("  module " + literal(g_.path(ModuleId(m))) + " " + literal(type) + "\n");
  }
  void declare(ValueId v) {
    const auto kind = g_.kind(v);
    if (kind == ValueKind::result || kind == ValueKind::argument) return;
    std::string line =
        "  " + std::string(keyword(kind)) + " " + names_[v] + " : " + to_text(g_, g_.type_id(v));
    if (const auto numbers = g_.literal(v)) line += " = " + list(*numbers);
    out_.write(line + "\n");
  }
  void note(const Diagnostic& d) {
    out_.write("  " + std::string(name(d.severity)) + " " + literal(d.code) + " " + literal(d.text) +
               (d.node.valid() ? " on " + literal(g_.name(d.node)) : "") + "\n");
  }
  static std::string list(std::span<const std::int64_t> numbers) {
    std::string text = "[";
    for (const auto n : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(n);
    return text + "]";
  }
  void node(NodeId n, const std::string& indent) {
    const auto outputs = g_.outputs(n);
    std::string line = indent;
    if (outputs.size() == 1) line += names_[outputs[0]] + " = ";
    if (outputs.size() > 1) line += "(" + values(outputs) + ") = ";
    line += std::string(name(g_.op(n))) + "(" + values(g_.inputs(n)) + ")" + attrs(n);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      line += (i == 0 ? " : " : ", ") + to_text(g_, g_.type_id(outputs[i]));
    if (outputs.empty() || g_.name(outputs[0]) != g_.name(n)) line += " named " + literal(g_.name(n));
    if (g_.module(n).index != 0) line += " in " + literal(g_.path(g_.module(n)));
    if (const auto at = g_.source(n)) line += " at " + literal(at->first) + ":" + std::to_string(at->second);
    if (!g_.foreign(n).empty()) line += " as " + literal(g_.foreign(n));
    out_.write(line);
    regions(n, indent);
    out_.write("\n");
  }
  void regions(NodeId n, const std::string& indent) {
    for (const RegionId r : g_.regions(n)) {
      std::string head = " {";
      for (const ValueId v : g_.arguments(r))
        head += "\n" + indent + "  argument " + names_[v] + " : " + to_text(g_, g_.type_id(v));
      out_.write(head + "\n");
      for (const NodeId inner : g_.body(r)) node(inner, indent + "  ");
      out_.write(indent + "  yield " + values(g_.results(r)) + "\n" + indent + "}");
    }
  }
  std::string attrs(NodeId n) const {
    std::string text;
    each_attribute(g_, n, [&](std::string_view key, auto value, bool usual) {
      if (!usual) text += (text.empty() ? "" : ", ") + std::string(key) + "=" + field(value);
    });
    return text.empty() ? text : " {" + text + "}";
  }
  static std::string field(std::int64_t n) { return std::to_string(n); }
  static std::string field(double x) { return std::isfinite(x) ? text::number(x) : x > 0 ? "inf" : "-inf"; }
  static std::string field(std::string_view s) { return literal(s); }
  static std::string field(std::span<const std::int64_t> numbers) { return list(numbers); }

  const Graph& g_;
  Sink& out_;
  PerValue<std::string> names_;
};

}  // namespace

PerValue<std::string> value_names(const Graph& graph) {
  PerValue<std::string> names(graph.value_count());
  std::unordered_map<std::string_view, int> seen;
  for (const ValueId v : graph.values()) ++seen[graph.name(v)];
  for (const ValueId v : graph.values()) {
    const auto name = graph.name(v);
    const bool unique = !name.empty() && seen[name] == 1;
    names[v] = unique ? std::string(name) : std::string(name) + "#" + std::to_string(v.index);
    while (!unique && seen.contains(names[v])) names[v] += '#';
  }
  return names;
}

std::string to_text(const Graph& graph, TypeId id) {
  const auto& row = graph.arrays().types[id.index];
  std::string text(name(static_cast<Dtype>(row.dtype)));
  if (row.ranked == 0) return text + "[*]";
  text += '[';
  for (std::uint32_t i = 0; i < row.dims_count; ++i) {
    const Dim d = graph.arrays().dims[row.dims_first + i];
    if (i > 0) text += ',';
    if (d.is_known())
      text += std::to_string(d.size());
    else if (d.is_unknown())
      text += '?';
    else if (const auto e = graph.expression(d.symbol()); bare_expression(e))
      text += e;
    else
      text += literal(e);
  }
  return text += ']';
}

void print(const Graph& graph, Sink& out) { Printer(graph, out).whole(); }
std::string to_text(const Graph& graph) {
  StringSink out;
  print(graph, out);
  return out.str();
}

}  // namespace alidade
