#include "study.hpp"

#include <algorithm>
#include <utility>

#include "alidade/results/cost.hpp"
#include "host/run/analyse.hpp"
#include "host/run/figures.hpp"
#include "host/run/stated_operators.hpp"

namespace alidade::sweep {
namespace {

/// Warnings of a model and of its estimate, a line each.
std::string lines_of(const std::vector<Diagnostic>& model, const std::vector<Diagnostic>& estimate) {
  std::string out;
  for (const auto* all : {&model, &estimate})
    for (const auto& warning : *all)
      if (warning.severity != Severity::note) out += (out.empty() ? "" : "\n") + warning.text;
  return out;
}

}  // namespace

const host::Step& cost_step(const host::Plan& plan) {
  for (const auto& wave : plan.waves)
    for (const auto& step : wave)
      if (std::ranges::find(step.loaded->info.makes, CostProfile::key) != step.loaded->info.makes.end())
        return step;
  std::unreachable();  // the plan adds it for its hardware
}

Study::Study(const host::Plan& plan, Result<host::OpenedModel> opened)
    : subject_(subject_of(plan, std::move(opened))) {
  if (subject_) estimator_.emplace(subject_->graph, *subject_->counted.as<CostProfile>());
}

Result<Study::Subject> Study::subject_of(const host::Plan& plan, Result<host::OpenedModel> opened) {
  if (!opened) return std::unexpected(std::move(opened).error());
  auto graph = host::state_operators(std::move(opened->graph), plan.operators, opened->warnings);
  if (!graph) return std::unexpected(std::move(graph).error());
  auto counted = host::analyse(cost_step(plan), *graph, ResultSet());
  if (!counted) return std::unexpected(std::move(counted).error());
  return Subject{std::move(*graph), std::move(*counted), std::move(opened->warnings)};
}

void Study::fill(const std::vector<Column>& columns, Row& row, const Target& target) {
  if (!subject_) return write_failure(columns, row, subject_.error());
  if (target.refused) return write_failure(columns, row, {Fault::config, *target.refused, {}, {}});
  const auto estimate = estimator_->estimate(target.step);
  if (!estimate) return write_failure(columns, row, estimate.error());
  RowWriter writer(columns, row);
  host::write_figures(*estimate, writer);
  for (const Bound bound : {Bound::compute, Bound::memory, Bound::launch})
    if (host::knows_bounds(*estimate))
      writer.real(std::string(name(bound)) + "_share",
                  estimate->bound_shares.at(static_cast<std::size_t>(bound)));
  if (const auto rate = host::sure_rate(*estimate); target.usd_per_hour && rate && *rate > 0)
    writer.real("usd_per_million", 1e6 / *rate / 3600 * *target.usd_per_hour);
  if (const auto lines = lines_of(subject_->warnings, estimate->warnings); !lines.empty())
    writer.text("warnings", lines);
  writer.flag("failed", false);
}

void write_failure(const std::vector<Column>& columns, Row& row, const Error& error) {
  RowWriter writer(columns, row);
  writer.flag("failed", true), writer.text("error", error.what);
  if (!error.fix.empty()) writer.text("fix", error.fix);
}

}  // namespace alidade::sweep
