// Figures of models as formulas.
#include <algorithm>
#include <array>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/formulas/crossover.hpp"
#include "cli/formulas/formula.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/run/estimate.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"
#include "host/run/stated_operators.hpp"
#include "sdk/formula/formulas.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}};

/// One model, and what is said of it.
struct Row {
  std::string id, path;
  Graph graph;
  FormulaProfile profile;
  std::vector<Bindings> bindings = {};  ///< to evaluate with
  std::vector<Crossover> crossovers = {};
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

/// Evaluates where sizes were asked for, and looks for crossovers with the first of them.
Result<void> evaluate(Row& row, const SizeLists& sizes, const std::vector<Ridge>& ridges) {
  Bindings fixed;
  for (const auto& [name, list] : sizes) fixed[name] = list.front();
  if (!sizes.empty()) {
    auto all = every_binding(row.profile, sizes);
    if (!all) return std::unexpected(std::move(all).error());
    row.bindings = std::move(*all);
  }
  row.crossovers = crossovers(row.profile, fixed, ridges);
  return {};
}

/// Of smaller sizes a formula that holds from 2 on may say something else than the passes.
bool holds(const FigureFormula& figure, const Bindings& bindings) {
  return figure.ones || std::ranges::none_of(bindings, [](const auto& one) { return one.second < 2; });
}

std::string value_text(const FormulaValues& values, const FigureFormula& figure, const Bindings& bindings) {
  const auto value = values.at(figure.name, bindings);
  if (!value || !*value) return "none";
  return (figure.complete ? "" : "at least ") + text::grouped(static_cast<std::uint64_t>(**value)) +
         (holds(figure, bindings) ? "" : " (from 2 on)");
}

/// A column for each choice of sizes.
void write_values(const Row& row, Sink& out) {
  if (row.bindings.empty()) return;
  const FormulaValues values(row.profile);
  std::vector<std::vector<std::string>> lines(1, {""});
  for (const auto& bindings : row.bindings) lines[0].push_back(sizes_text(bindings));
  for (const auto& figure : row.profile.figures) {
    auto& line = lines.emplace_back(1, std::string(figure.name));
    for (const auto& bindings : row.bindings) line.push_back(value_text(values, figure, bindings));
  }
  write_columns(lines, 1, out);
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
                (figure.ones ? "" : "  (sizes from 2 on)") + "\n");
    for (const auto& gap : profile.gaps)
      out.write("  not in it: " + text::printable(row.graph.name(gap.node)) + ", " + gap.figures + ": " +
                gap.why + "\n");
    for (const auto& crossover : row.crossovers) out.write("  " + words(crossover) + "\n");
    write_values(row, out);
  }
}

void write_crossovers(const Row& row, JsonWriter& t) {
  t.begin_array("crossovers");
  for (const auto& c : row.crossovers) {
    t.begin_object();
    t.text("kind", c.what == Crossover::What::attention ? "attention" : "compute");
    c.device.empty() ? t.nothing("device") : t.text("device", c.device);
    t.text("symbol", c.symbol);
    c.from ? t.integer("from", *c.from) : t.nothing("from");
    t.begin_object("others");
    for (const auto& [name, size] : c.others) t.integer(name, size);
    t.end_object();
    t.end_object();
  }
  t.end_array();
}

void write_values(const Row& row, JsonWriter& t) {
  const FormulaValues values(row.profile);
  t.begin_array("at");
  for (const auto& bindings : row.bindings) {
    t.begin_object();
    t.begin_object("bindings");
    for (const auto& [name, size] : bindings) t.integer(name, size);
    t.end_object();
    for (const auto& figure : row.profile.figures) {
      const auto value = values.at(figure.name, bindings);
      value && *value ? t.integer(figure.name, **value) : t.nothing(figure.name);
    }
    t.begin_array("from_2_on");
    for (const auto& figure : row.profile.figures)
      if (!holds(figure, bindings)) t.text({}, figure.name);
    t.end_array();
    t.end_object();
  }
  t.end_array();
}

void write_json(const std::vector<Row>& rows, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& row : rows) {
    t.begin_object();
    t.text("model", row.id), t.text("path", row.path);
    row.profile.write(row.graph, t);
    write_crossovers(row, t), write_values(row, t);
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
  const auto sizes = size_lists(args.at, mistakes);
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
  int code = host::kDone;
  for (const auto& step : plan.models) {
    auto row = row_of(plan, step, bindings);
    if (row)
      if (auto done = evaluate(*row, sizes, *ridges); !done) row = std::unexpected(std::move(done).error());
    if (row) {
      rows.push_back(std::move(*row));
    } else {
      say(row.error());
      code = plan.models.size() == 1 ? host::exit_code(row.error().fault) : host::kSomeFailed;
    }
  }
  if (const auto unused = bindings.errors(); !unused.empty()) {
    for (const auto& error : unused) say(error);
    return host::kBadConfig;
  }
  if (auto written = write_out(args, format, rows); !written)
    return say(written.error()), host::exit_code(written.error().fault);
  return code;
}

}  // namespace alidade::cli
