// Figures of models as formulas.
#include <algorithm>
#include <array>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/formula.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/formulas/formula.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/run/estimate.hpp"
#include "host/run/failures.hpp"
#include "host/run/run.hpp"
#include "host/run/stated_operators.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}};

/// One model, and what is said of it.
struct Row {
  std::string id, path;
  Graph graph;
  FormulaProfile profile;
};

/// The devices' peaks, by a plan of their own: no pass has to run for them.
Result<std::vector<Ridge>> ridges_of(const FormulaArgs& args, std::vector<host::Mistake>& mistakes) {
  std::vector<Ridge> out;
  if (args.on.empty()) return out;
  std::vector<host::Located<std::string>> devices;
  for (const auto& device : args.on) devices.push_back(from_flag(device, "--on"));
  auto pipeline = plan_devices(devices, args.plugin_path);
  std::ranges::move(pipeline.outcome.mistakes, std::back_inserter(mistakes));
  if (!mistakes.empty()) return out;
  for (const auto& step : pipeline.outcome.plan.hardware) {
    const auto machine = host::Estimator::machine_of(step);
    if (!machine) return std::unexpected(machine.error());
    if (!machine->matrix_tflops || !machine->dram_gbps)
      return fail(Fault::config, "the device " + text::quoted(step.id) + " states no peak and bandwidth",
                  "--on", "name a device that does: 'alidade hardware list'");
    out.push_back({step.id, *machine->matrix_tflops * 1e3 / *machine->dram_gbps});
  }
  return out;
}

Result<Row> row_of(const host::Plan& plan, const host::ModelStep& step, host::SharedBindings& bindings) {
  auto opened = host::open_model(step, plan.limits);
  if (!opened) return bindings.unread(), std::unexpected(std::move(opened).error());
  bindings.read(opened->unused, opened->symbols, step.shown);
  auto graph = host::state_operators(std::move(opened->graph), plan.operators, opened->warnings);
  if (!graph) return std::unexpected(std::move(graph).error());
  for (const auto& warning : opened->warnings) say(warning);
  auto profile = formulas_of(*graph);
  if (!profile) {
    if (profile.error().where.empty()) profile.error().where = step.shown;
    return std::unexpected(std::move(profile).error());
  }
  for (const auto& warning : profile->warnings) say(warning);
  return Row{step.id, step.shown, std::move(*graph), std::move(*profile)};
}

/// The sizes to evaluate with; each flag that states none is a mistake.
SizeLists sizes_of(const FormulaArgs& args, std::vector<host::Mistake>& mistakes) {
  SizeLists out;
  for (const auto& flag : args.at)
    if (const auto added = add_sizes(flag, out); !added)
      mistakes.push_back({{"--at", 0, 0, host::Origin::flag}, added.error().what, added.error().fix});
  return out;
}

std::string value_text(const FigureFormula& figure, const FormulaRow& row, std::size_t i) {
  if (!row.values[i]) return "none";
  return (figure.complete ? "" : "at least ") + text::grouped(static_cast<std::uint64_t>(*row.values[i])) +
         figure.doubt(row.sizes);
}

/// A column for each choice of sizes.
void write_values(const FormulaProfile& profile, Sink& out) {
  if (profile.at.empty()) return;
  std::vector<std::vector<std::string>> lines(1, {""});
  for (const auto& row : profile.at) lines[0].push_back(sizes_text(row.sizes));
  for (std::size_t i = 0; i < profile.figures.size(); ++i) {
    auto& line = lines.emplace_back(1, std::string(profile.figures[i].name));
    for (const auto& row : profile.at) line.push_back(value_text(profile.figures[i], row, i));
  }
  write_columns(lines, 1, out);
}

/// Where a formula was not seen to hold, as far as one would expect it to.
std::string limits_text(const FigureFormula& figure) {
  std::string out = figure.from > 1 ? "  (sizes from " + std::to_string(figure.from) + " on)" : "";
  for (const auto& [name, most] : figure.up_to)
    if (most < kFarthestSize)
      out +=
          "  (up to " + text::printable(name) + "=" + text::grouped(static_cast<std::uint64_t>(most)) + ")";
  return out;
}

void write_page(const std::vector<Row>& rows, Sink& out) {
  for (const auto& row : rows) {
    const auto& profile = row.profile;
    out.write(text::printable(row.id) + ": " +
              (profile.symbols.empty() ? "no symbols, all sizes are fixed"
                                       : text::printable(text::join(profile.symbols, ", "))) +
              "\n");
    for (const auto& figure : profile.figures)
      out.write("  " + std::string(figure.name) + std::string(26 - figure.name.size(), ' ') +
                (figure.text.empty() ? "no formula"
                                     : (figure.complete ? "" : "at least ") + text::visible(figure.text)) +
                limits_text(figure) + "\n");
    for (const auto& gap : profile.gaps)
      out.write("  not in it: " + text::printable(row.graph.name(gap.node)) + ", " + gap.figures + ": " +
                gap.why + "\n");
    for (const auto& crossover : profile.crossovers) out.write("  " + words(crossover) + "\n");
    write_values(profile, out);
  }
}

void write_json(const std::vector<Row>& rows, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& row : rows) {
    t.begin_object();
    t.text("model", row.id), t.text("path", row.path);
    row.profile.write(row.graph, t);
    t.end_object();
  }
  t.end_array();
  out.write("\n");
}

Result<void> write_out(const FormulaArgs& args, const std::string& format, const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  std::vector<std::string> inputs;
  for (const auto& row : rows) inputs.push_back(row.path);
  return write_output(args.output, inputs,
                      [&](Sink& out) { format == "json" ? write_json(rows, out) : write_page(rows, out); });
}

}  // namespace

int verb_formula(const FormulaArgs& args) {
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  const auto sizes = sizes_of(args, mistakes);
  const auto ridges = ridges_of(args, mistakes);
  if (!ridges) return say(ridges.error()), host::exit_code(ridges.error().fault);
  ModelArgs models = args;
  models.on.clear();  // only their peaks are asked for
  auto config = config_of(models, mistakes);
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  const auto& plan = pipeline.outcome.plan;
  host::SharedBindings bindings;
  std::vector<Row> rows;
  host::Failures failures;
  for (const auto& step : plan.models) {
    auto row = row_of(plan, step, bindings);
    if (row)
      if (auto done = evaluate(row->profile, sizes, *ridges, "--at"); !done)
        row = std::unexpected(std::move(done).error());
    if (row) {
      failures.succeeded();
      rows.push_back(std::move(*row));
    } else {
      say(row.error());
      failures.failed(host::exit_code(row.error().fault));
    }
  }
  if (const auto unused = bindings.errors(); !unused.empty()) {
    for (const auto& error : unused) say(error);
    return host::kBadConfig;
  }
  if (auto written = write_out(args, format, rows); !written)
    return say(written.error()), host::exit_code(written.error().fault);
  return failures.code();
}

}  // namespace alidade::cli
