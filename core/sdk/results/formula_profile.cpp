#include "profile.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade {

std::string sizes_text(const Bindings& bindings) {
  std::vector<std::string> parts;
  for (const auto& [name, size] : bindings)
    parts.push_back(text::printable(name) + "=" + std::to_string(size));
  return text::join(parts, ", ");
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
  for (const auto& figure : figures) {
    writer.begin_object(figure.name);
    if (figure.text.empty())
      writer.nothing("formula");
    else
      writer.text("formula", figure.text);
    writer.flag("complete", figure.complete);
    writer.flag("holds_for_1", figure.ones);
    writer.end_object();
  }
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
}

}  // namespace alidade
