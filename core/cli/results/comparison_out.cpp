#include "cli/results/comparison_out.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/document.hpp"
#include "written_page.hpp"

namespace alidade::cli {
namespace {

using namespace host::query;
using nlohmann::ordered_json;

/// Rows of cells, the first one the head.
using Cells = std::vector<std::vector<std::string>>;

std::string figure(double value, const char* plus = "") {
  const bool whole = std::trunc(value) == value && std::abs(value) < 9e15;
  const auto digits =
      whole ? text::grouped(static_cast<std::uint64_t>(std::abs(value))) : text::number(std::abs(value));
  return (value < 0 ? "-" : value > 0 ? plus : "") + digits;
}

std::string interval(const Interval& i) {
  if (!i.most) return "at least " + figure(i.least);
  return figure(i.least) + (i.exact() ? "" : " to " + figure(*i.most));
}
std::string difference(const std::optional<double>& value) {
  return value ? figure(*value, "+") : "not known";
}

/// Of two models the difference, too.
Cells totals(const Comparison& c) {
  const bool two = c.models.size() == 2;
  Cells out{{"figure"}};
  for (const auto& model : c.models) out[0].push_back(text::printable(model));
  if (two) out[0].insert(out[0].end(), {"difference", "%"});
  for (const auto& row : c.totals) {
    auto& line = out.emplace_back();
    line.push_back(row.name);
    for (const auto& value : row.values) line.push_back(value ? interval(*value) : "-");
    if (!two) continue;
    const auto &before = row.values[0], &after = row.values[1];
    if (before && after && !(before->exact() && after->exact())) {
      line.insert(line.end(), {"not known", "-"});
      continue;
    }
    const bool both = before && after;
    const double more = both ? after->least - before->least : 0;
    line.push_back(both ? figure(more, "+") : "-");
    line.push_back(both && before->least != 0
                       ? (more > 0 ? "+" : "") + text::fixed(100 * more / before->least, 2)
                       : "-");
  }
  return out;
}

Cells changes(const Comparison& c, std::size_t most) {
  Cells out{{"change", "operator", "type", "MACs", "bytes", "what"}};
  for (const auto& change : c.changes) {
    if (most > 0 && out.size() > most) break;
    const bool renamed = !change.before.empty() && !change.after.empty() && change.before != change.after;
    const auto& known = change.after.empty() ? change.before : change.after;
    out.push_back({std::string(name(change.change)),
                   text::printable(renamed ? change.before + " -> " + change.after : known),
                   text::printable(change.type), difference(change.macs), difference(change.bytes),
                   text::printable(change.what)});
  }
  return out;
}

/// "3 added, 2 removed, 47 the same"
std::string summary(const Comparison& c) {
  std::map<Change, std::size_t> counts;
  for (const auto& change : c.changes) ++counts[change.change];
  std::string out;
  for (const auto& [change, count] : counts)
    out += std::to_string(count) + " " + std::string(name(change)) + ", ";
  return out + std::to_string(c.same) + " the same";
}

void write_aligned(const Cells& cells, Sink& out) {
  std::vector<std::size_t> widths;
  for (const auto& line : cells)
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], text::columns(line[i]));
    }
  for (const auto& line : cells) {
    std::string whole;
    for (std::size_t i = 0; i < line.size(); ++i)
      whole += "  " + line[i] + std::string(widths[i] - text::columns(line[i]), ' ');
    out.write(whole.substr(0, whole.find_last_not_of(' ') + 1) + "\n");
  }
}

/// A number where it is known, both ends where it is not; null for no upper bound.
void write(const std::optional<Interval>& value, ObjectWriter& t) {
  if (!value || value->exact()) return t.real({}, value ? value->least : NAN);
  t.begin_object();
  t.real("at_least", value->least);
  t.real("at_most", value->most.value_or(NAN));
  t.end_object();
}

}  // namespace

void write_text(const Comparison& c, std::size_t most, Sink& out) {
  out.write("Totals:\n");
  write_aligned(totals(c), out);
  if (c.models.size() == 2) {
    out.write("\nOperators: " + summary(c) + "\n");
    if (!c.changes.empty()) write_aligned(changes(c, most), out);
    if (most > 0 && c.changes.size() > most)
      out.write("  ... and " + std::to_string(c.changes.size() - most) + " more (--verbose shows all)\n");
  }
  for (const auto& gate : c.failed_gates) out.write("\nFAIL  " + gate.sentence + "\n");
}

void write_json(const Comparison& c, Sink& out) {
  JsonWriter t(out);
  t.begin_object();
  t.text("schema", "alidade.comparison/1");
  t.begin_array("models");
  for (const auto& model : c.models) t.text({}, model);
  t.end_array();
  t.begin_array("totals");
  for (const auto& row : c.totals) {
    t.begin_object();
    t.text("figure", row.name);
    t.begin_array("values");
    for (const auto& value : row.values) write(value, t);
    t.end_array();
    t.end_object();
  }
  t.end_array();
  t.count("same_operators", c.same);
  t.begin_array("changes");
  for (const auto& change : c.changes) {
    t.begin_object();
    t.text("change", name(change.change));
    t.text("before", change.before);
    t.text("after", change.after);
    t.text("type", change.type);
    t.real("macs", change.macs.value_or(NAN));
    t.real("bytes", change.bytes.value_or(NAN));
    t.text("what", change.what);
    t.end_object();
  }
  t.end_array();
  t.begin_array("failed_gates");
  for (const auto& gate : c.failed_gates) t.text({}, gate.sentence);
  t.end_array();
  t.end_object();
  out.write("\n");
}

Result<void> write_html(const std::vector<ordered_json>& models, const Comparison& c, Sink& out) {
  auto failed = ordered_json::array();
  for (const auto& gate : c.failed_gates) failed.push_back(gate.sentence);
  const ordered_json page{
      {"schema", kResultSchema}, {"failed_gates", failed}, {"models", ordered_json(models)}};
  return page::write(page.dump(-1, ' ', false, ordered_json::error_handler_t::replace), out);
}

}  // namespace alidade::cli
