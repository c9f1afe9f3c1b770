// What models take on devices, as a page: one line each, then the kernels that take most.
#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "alidade/sdk/layers.hpp"
#include "cli/estimates/estimate_rows.hpp"
#include "cli/estimates/measured_out.hpp"
#include "cli/output/columns.hpp"
#include "host/run/figures.hpp"

namespace alidade::cli {
namespace {

using Line = std::vector<std::string>;

std::string written(double rate) {
  return rate >= 100 ? text::grouped(static_cast<std::uint64_t>(std::llround(rate))) : text::fixed(rate, 2);
}
std::string per_second(const Estimate& e) {
  const auto sure = host::sure_rate(e);
  const auto most = written(e.per_second());
  if (!sure) return "at most " + most;
  return *sure == e.per_second() ? most : written(*sure) + " to " + most;
}
std::string bound(const Estimate& e) {
  auto word = host::main_bound(e);
  if (word.empty()) return "-";
  if (!host::knows_bounds(e)) return word;
  return word + " " + text::fixed(100 * std::ranges::max(e.bound_shares), 0) + " %";
}

std::string band(const Estimate& e) {
  if (!e.band.stated()) return "not scored";
  return e.band.scored() ? e.band_text() : e.band_text() + ", a guess";
}

/// What has to be known before any figure: what does not fit, and what has no price.
void write_first(const std::vector<EstimateRow>& rows, Sink& out) {
  for (const auto& [model, e] : rows) {
    for (const auto& warning : e->warnings)
      if (warning.code == "does-not-fit")
        out.write(text::printable(model->id) + ": " + text::printable(warning.text) + "\n");
    if (e->unpriced > 0)
      out.write(text::printable(model->id) + " on " + text::printable(e->target) + ": " +
                text::counted(e->unpriced, "operator has", "operators have") +
                " no price: the time is the least that it may be\n");
  }
}

void write_table(const std::vector<EstimateRow>& rows, Sink& out) {
  std::vector<Line> lines{{"model", "on", "kernels as", "batch", "latency", "80 % band", "per second",
                           "energy", "memory", "fits", "bound"}};
  for (const auto& [model, e] : rows)
    lines.push_back({text::printable(model->id), text::printable(e->target),
                     describe(e->graph_of_kernels->lowering()), std::to_string(e->batch), e->latency_text(),
                     band(*e), per_second(*e), e->energy ? text::joules(e->energy->value) : "unknown",
                     e->memory_text(), e->fits_text(), bound(*e)});
  write_columns(lines, 3, out);
}

bool is_measured(const KernelTime& time) { return time.tier == Tier::measured; }

/// How many kernels have a time out of a table, where one was given.
void write_share_measured(const Estimate& e, Sink& out) {
  const auto found = std::ranges::count_if(e.times, is_measured);
  if (found > 0)
    out.write("  " + std::to_string(found) + " of " + std::to_string(e.kernels().size()) + " kernels, " +
              text::fixed(100 * e.tier_shares.at(static_cast<std::size_t>(Tier::measured)), 0) +
              " % of the time, are measured; the others are by formula\n");
}

/// Of every target the model that comes last: of several batches the last.
void write_kernels(const std::vector<EstimateRow>& rows, std::size_t top, Sink& out) {
  for (const auto& row : rows) {
    const auto last = std::find_if(rows.rbegin(), rows.rend(), [&](const EstimateRow& other) {
      return other.estimate->target == row.estimate->target;
    });
    if (&*last != &row) continue;
    const auto& e = *row.estimate;
    const auto names = layer_names(*row.model->graph);
    out.write("\nKernels of " + text::printable(row.model->id) + " on " + text::printable(e.target) +
              " that take most, of " + std::to_string(e.kernels().size()) + ":\n");
    write_share_measured(e, out);
    const bool tiers = std::ranges::any_of(e.times, is_measured);
    std::vector<Line> lines{{"kernel", "kind", "in", "runs", "time", "share", "bound"}};
    if (tiers) lines.front().emplace_back("tier");
    for (const auto i : longest_kernels(e, top)) {
      const Kernel& kernel = e.kernels()[i];
      lines.push_back({text::printable(names[kernel.node]), std::string(name(kernel.kind)),
                       std::string(name(kernel.arithmetic)), std::to_string(kernel.runs),
                       text::seconds(e.all_runs(i).value),
                       text::fixed(100 * e.all_runs(i).value / e.busy.value, 1) + " %",
                       std::string(name(e.times[i].bound()))});
      if (tiers) lines.back().emplace_back(name(e.times[i].tier));
    }
    write_columns(lines, 3, out);
  }
}

}  // namespace

void write_estimate_page(const std::vector<EstimateRow>& rows, const EstimateDetail& detail, Sink& out) {
  write_first(rows, out);
  write_table(rows, out);
  if (detail.top > 0) write_kernels(rows, detail.top, out);
  if (!detail.measured) return;
  for (const auto& row : rows) {
    if (detail.is_table && !are_about(*detail.measured, *row.model->graph)) continue;
    out.write("\n");
    write_measured_page(row, *detail.measured, detail.top, out);
  }
}

}  // namespace alidade::cli
