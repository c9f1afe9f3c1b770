#include <array>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/estimates/estimate_rows.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/measured/file.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}, Format{"csv", ".csv"}};

void write(const EstimateDetail& detail, const std::string& format, const std::vector<EstimateRow>& rows,
           Sink& out) {
  if (format == "json")
    write_estimate_json(rows, detail, out);
  else if (format == "csv")
    write_estimate_csv(rows, out);
  else
    write_estimate_page(rows, detail, out);
}

Result<void> write_out(const EstimateArgs& args, const EstimateDetail& detail, const std::string& format,
                       const Run& run) {
  const auto rows = estimate_rows(run);
  if (rows.empty()) return {};
  std::vector<std::string> inputs;
  if (!args.measured.empty()) inputs.push_back(args.measured);
  for (const auto& model : run.models) inputs.push_back(model.path);
  return write_output(args.output, inputs, [&](Sink& out) { write(detail, format, rows, out); });
}

/// What the page says first itself.
bool is_on_page(const Diagnostic& warning) { return warning.code == "does-not-fit"; }

}  // namespace

int verb_estimate(const EstimateArgs& args) {
  EstimateDetail detail{args.top, {}};
  if (!args.measured.empty()) {
    auto file = host::read_measured_file(args.measured);
    if (!file) return say(file.error()), host::exit_code(file.error().fault);
    if (file->names_operators) detail.measured = MeasuredTimes{std::move(file->by_node), file->whole};
    detail.is_table = file->has_kernels;
  }
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  auto config = config_of(args, mistakes, {from_flag(std::string("cost"), "estimate")});
  if (detail.is_table)
    for (auto& target : config.hardware) target.measured = from_flag(args.measured, "--measured");
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty())
    return reproduced(args.reproducer, pipeline, {}, write_mistakes(pipeline, false));
  Result<void> written;
  const auto outcome = carried_out(pipeline.outcome.plan,
                                   [&](const Run& run) { written = write_out(args, detail, format, run); });
  for (const auto& warning : outcome.warnings)
    if (format == "json" || format == "csv" || !is_on_page(warning)) say(warning);
  for (const auto& error : outcome.errors) say(error);
  if (!written) return say(written.error()), host::exit_code(written.error().fault);
  return reproduced(args.reproducer, pipeline, outcome.errors, outcome.exit_code);
}

}  // namespace alidade::cli
