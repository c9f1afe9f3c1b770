#include "alidade/results/formula.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade {
namespace {

std::string grouped(std::int64_t size) { return text::grouped(static_cast<std::uint64_t>(size)); }

std::string others(const Crossover& c) { return c.others.empty() ? "" : " (" + sizes_text(c.others) + ")"; }

void write_sizes(std::string_view key, const Bindings& sizes, ObjectWriter& writer) {
  writer.begin_object(key);
  for (const auto& [name, size] : sizes) writer.integer(name, size);
  writer.end_object();
}

void write_optional(ObjectWriter& writer, std::string_view key, std::optional<std::int64_t> number) {
  number ? writer.integer(key, *number) : writer.nothing(key);
}

void write(const FigureFormula& figure, ObjectWriter& writer) {
  writer.begin_object(figure.name);
  if (figure.text.empty())
    writer.nothing("formula");
  else
    writer.text("formula", figure.text);
  writer.flag("complete", figure.complete);
  writer.flag("holds_for_1", figure.from <= 1);
  writer.flag("holds_for_0", figure.from == 0);
  write_sizes("up_to", figure.up_to, writer);
  writer.end_object();
}

void write(const Crossover& c, ObjectWriter& writer) {
  writer.begin_object();
  writer.text("kind", c.what == Crossover::What::attention ? "attention" : "compute");
  c.device.empty() ? writer.nothing("device") : writer.text("device", c.device);
  writer.text("symbol", c.symbol);
  write_optional(writer, "from", c.from);
  write_sizes("others", c.others, writer);
  writer.end_object();
}

void write(const FormulaRow& row, const std::vector<FigureFormula>& figures, ObjectWriter& writer) {
  writer.begin_object();
  write_sizes("bindings", row.sizes, writer);
  for (std::size_t i = 0; i < figures.size(); ++i) write_optional(writer, figures[i].name, row.values[i]);
  writer.begin_array("in_doubt");
  for (const auto& figure : figures)
    if (!figure.holds(row.sizes)) writer.text({}, figure.name);
  writer.end_array();
  writer.end_object();
}

}  // namespace

std::string sizes_text(const Bindings& bindings) {
  std::vector<std::string> parts;
  for (const auto& [name, size] : bindings)
    parts.push_back(text::printable(name) + "=" + std::to_string(size));
  return text::join(parts, ", ");
}

bool FigureFormula::holds(const Bindings& bindings) const { return doubt(bindings).empty(); }

std::string FigureFormula::doubt(const Bindings& bindings) const {
  for (const auto& [name, size] : bindings)
    if (size < from) return " (from " + std::to_string(from) + " on)";
  for (const auto& [name, size] : bindings)
    if (const auto most = up_to.find(name); most != up_to.end() && size > most->second)
      return " (up to " + text::printable(name) + "=" + grouped(most->second) + ")";
  return {};
}

std::string words(const Crossover& c) {
  const auto symbol = text::printable(c.symbol);
  const auto from = c.from ? "from " + symbol + "=" + grouped(*c.from) + " on" : "";
  if (c.what == Crossover::What::attention)
    return "products of activations (attention) take more MACs than products with weights " + from +
           others(c);
  if (c.from == 1) return "on " + c.device + " compute-bound whatever " + symbol + " is" + others(c);
  if (c.from) return "on " + c.device + " memory-bound, " + from + " compute-bound" + others(c);
  return "on " + c.device + " memory-bound up to " + symbol + "=" + grouped(kFarthestSize) + " at least" +
         others(c);
}

const FigureFormula* FormulaProfile::figure(std::string_view name) const {
  const auto found = std::ranges::find(figures, name, &FigureFormula::name);
  return found == figures.end() ? nullptr : &*found;
}

void FormulaProfile::write(const Graph& graph, ObjectWriter& writer) const {
  writer.begin_array("symbols");
  for (const auto& symbol : symbols) writer.text({}, symbol);
  writer.end_array();
  writer.count("bindings", bindings);
  writer.begin_object("formulas");
  for (const auto& figure : figures) alidade::write(figure, writer);
  writer.end_object();
  writer.begin_array("gaps");
  for (const auto& gap : gaps) {
    writer.begin_object();
    writer.text("operator", graph.name(gap.node));
    writer.text("figures", gap.figures);
    writer.text("why", gap.why);
    writer.end_object();
  }
  writer.end_array();
  writer.begin_array("crossovers");
  for (const auto& crossover : crossovers) alidade::write(crossover, writer);
  writer.end_array();
  writer.begin_array("at");
  for (const auto& row : at) alidade::write(row, figures, writer);
  writer.end_array();
}

}  // namespace alidade
