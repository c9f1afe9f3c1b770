#include "crosscheck.hpp"

#include <algorithm>
#include <set>

#include "alidade/base/text.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/crosscheck.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

constexpr std::size_t kLeftOutShown = 8;

const CrossCheck* check_of(const ModelRun& model) {
  return model.results && !model.error ? model.results->get<CrossCheck>() : nullptr;
}

std::set<std::string> tools_of(const Run& run) {
  std::set<std::string> tools;
  for (const auto& model : run.models)
    if (const auto* check = check_of(model))
      for (const auto& tool : check->tools) tools.insert(tool.tool);
  return tools;
}

std::string signed_difference(std::uint64_t ours, std::uint64_t theirs) {
  if (ours == theirs) return "0";
  return ours > theirs ? "+" + text::si(ours - theirs) : "-" + text::si(theirs - ours);
}

std::string accuracy(std::uint64_t ours, std::uint64_t theirs) {
  if (theirs == 0) return ours == 0 ? "100.0%" : "n/a";
  const auto off = static_cast<double>(ours > theirs ? ours - theirs : theirs - ours);
  const auto share = 100.0 * (1 - off / static_cast<double>(theirs));
  return text::fixed(ours == theirs ? 100.0 : std::clamp(share, 0.0, 99.9), 1) + "%";
}

/// Whether the shape of an operator is missing, so that a count of ours holds only what is known.
bool is_open(const ModelRun& model) {
  const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
  return cost && cost->total.unknown > 0;
}

/// The table of all models, one line each.
void write_overview(const Run& run, const std::string& tool, Sink& out) {
  const std::string bar(80, '=');
  out.write(bar + "\nFLOP COMPARISON: Alidade vs " + tool + "\n" + bar + "\n\n");
  const auto line = [&](const std::string& model, const std::vector<std::string>& cells) {
    std::string text = padded(shortened(model, 26), 27);
    for (const auto& cell : cells) text += padded(cell, 14, true);
    out.write(text + "\n");
  };
  line("Model", {"Our FLOPs", tool + " FLOPs", "Difference", "Accuracy"});
  out.write(std::string(80, '-') + "\n");
  for (const auto& model : run.models) {
    const auto* check = check_of(model);
    if (!check) line(model.id, {"failed", "-", "-", "-"});
    for (const auto& t : check ? check->tools : std::vector<ToolCheck>{})
      if (t.tool == tool)
        line(model.id, {text::si(t.ours), text::si(t.theirs), signed_difference(t.ours, t.theirs),
                        is_open(model) ? "unknown" : accuracy(t.ours, t.theirs)});
  }
}

std::string cause_cell(const Compared& row) {
  if (row.ours == row.theirs) return "equal";
  return row.cause.empty() ? "NO CAUSE KNOWN" : row.cause;
}

void write_rows(const std::string& title, const std::string& tool, const std::vector<Compared>& rows,
                Sink& out) {
  Grid grid{{{title, false}, {"Operators"}, {"Ours"}, {tool}, {"Why", false}}, {}};
  for (const auto& row : rows)
    grid.rows.push_back({row.name.empty() ? "(model)" : shortened(row.name, 44), std::to_string(row.ops),
                         text::grouped(row.ours), text::grouped(row.theirs), cause_cell(row)});
  grid.write(out);
}

void write_modules(const ToolCheck& tool, Sink& out) {
  std::vector<Compared> differing;
  std::ranges::copy_if(tool.modules, std::back_inserter(differing),
                       [](const Compared& row) { return row.ours != row.theirs; });
  if (tool.modules.empty()) return write_line(out, "Modules", "the reference has none");
  const auto compared = std::to_string(tool.modules.size()) + " compared, ";
  write_line(out, "Modules",
             compared + (differing.empty() ? "all equal"
                                           : std::to_string(differing.size()) +
                                                 (differing.size() == 1 ? " differs" : " differ")));
  if (!differing.empty()) write_rows("Module", tool.tool, differing, out);
}

void write_left_out(const ToolCheck& tool, Sink& out) {
  if (tool.left_out.empty()) return;
  out.write("  " + tool.tool + " counts nothing for:\n");
  for (std::size_t i = 0; i < std::min(tool.left_out.size(), kLeftOutShown); ++i) {
    const auto& row = tool.left_out[i];
    out.write("    " + row.label + ": " + std::to_string(row.ops) +
              (row.ops == 1 ? " operator, " : " operators, ") + text::si(row.flops) + " FLOPs" +
              (row.macs > 0 ? " (" + text::si(row.macs) + " MACs)" : "") + "\n");
  }
  if (tool.left_out.size() > kLeftOutShown)
    out.write("    ... and " + std::to_string(tool.left_out.size() - kLeftOutShown) + " more kinds\n");
}

void write_model(const ModelRun& model, const std::string& name, Sink& out) {
  const auto* check = check_of(model);
  if (!check) {
    if (model.error) out.write("\n" + text::printable(model.id) + ":\n" + to_text(*model.error) + "\n");
    return;
  }
  for (const auto& tool : check->tools) {
    if (tool.tool != name) continue;
    out.write("\n" + text::printable(model.id) + ", counted as " + tool.tool +
              (tool.version.empty() ? "" : " " + text::printable(tool.version)) + " counts:\n");
    if (!tool.classes.empty()) write_rows("Class", tool.tool, tool.classes, out);
    write_modules(tool, out);
    write_left_out(tool, out);
    write_line(out, "Alidade's own",
               (is_open(model) ? "at least " : "") + text::si(check->own_flops) +
                   " FLOPs (2 per multiply-accumulate, plus element work), " + text::si(check->own_macs) +
                   " MACs");
  }
}

}  // namespace

Result<void> CrossCheckPage::write(const Run& run, Sink& out) const {
  const auto tools = tools_of(run);
  for (const auto& tool : tools) {
    if (tool != *tools.begin()) out.write("\n");
    write_overview(run, tool, out);
    for (const auto& model : run.models) write_model(model, tool, out);
  }
  return {};
}

}  // namespace alidade::table
