#include "run.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

#include "alidade/base/text.hpp"
#include "alidade/results/cost.hpp"
#include "host/config/input_shape.hpp"
#include "host/run/analyse.hpp"
#include "host/run/each.hpp"
#include "host/run/estimate.hpp"
#include "host/run/figures.hpp"
#include "host/run/read_model.hpp"
#include "host/run/stated_operators.hpp"

namespace alidade::sweep {
namespace {

using host::OpenedModel;

/// The pass that counts work, which every target needs.
const host::Step& cost_step(const host::Plan& plan) {
  for (const auto& wave : plan.waves)
    for (const auto& step : wave)
      if (std::ranges::find(step.loaded->info.makes, CostProfile::key) != step.loaded->info.makes.end())
        return step;
  std::unreachable();  // the plan adds it for its hardware
}

/// Warnings of a model and of its estimate, a line each.
std::string lines_of(const std::vector<Diagnostic>& model, const std::vector<Diagnostic>& estimate) {
  std::string out;
  for (const auto* all : {&model, &estimate})
    for (const auto& warning : *all)
      if (warning.severity != Severity::note) out += (out.empty() ? "" : "\n") + warning.text;
  return out;
}

/// The model at one of the sizes, with what is counted in it.
struct Subject {
  Graph graph;
  AnyResult counted;
  std::vector<Diagnostic> warnings;
};

/// A model of which some sizes are wanted: read by the first that comes to it, let go of by the last.
struct Wanted {
  std::size_t model;
  std::vector<std::size_t> sizes;
  std::once_flag once;
  std::optional<host::ReadModel> read;
  std::atomic<std::size_t> left = sizes.size();
};

class Runner {
 public:
  Runner(const Points& points, const host::Plan& plan, Store& store, const RunOptions& options,
         const std::function<void(const Progress&)>& tell)
      : points_(points), plan_(plan), store_(store), options_(options), tell_(tell), cost_(cost_step(plan)) {}

  Result<Progress> run();

 private:
  [[nodiscard]] bool wants(std::size_t model, std::size_t size) const;
  [[nodiscard]] std::vector<std::unique_ptr<Wanted>> wanted() const;
  void run_size(Wanted& model, std::size_t size);
  void run_unit(std::size_t model, std::size_t size, const host::ReadModel* read);
  void check_others(const std::vector<std::unique_ptr<Wanted>>& wanted);
  [[nodiscard]] Result<host::ReadModel> read_base(host::ModelStep step) const;
  [[nodiscard]] std::optional<host::ReadModel> read(const host::ModelStep& step);
  [[nodiscard]] Result<OpenedModel> open(const host::ModelStep& step, const Sizes& sizes,
                                         const host::ReadModel* read);
  [[nodiscard]] Result<Subject> study(Result<OpenedModel> opened) const;
  [[nodiscard]] Row begun(std::size_t model, std::size_t size, std::size_t target) const;
  void fill(Row& row, const Target& target, const Subject& subject, host::Estimator& estimator) const;
  void write_failure(Row& row, const Error& error) const;
  void keep(const std::vector<Row>& rows);
  [[nodiscard]] bool stopped();

  const Points& points_;
  const host::Plan& plan_;
  Store& store_;
  const RunOptions& options_;
  const std::function<void(const Progress&)>& tell_;
  const host::Step& cost_;
  std::vector<bool> kept_;
  std::mutex reading_;  // frontends and plugins that are not loaded yet are asked one at a time
  std::mutex storing_;
  Progress progress_;
  std::optional<Error> failure_;
};

Result<Progress> Runner::run() {
  auto kept = store_.kept(options_.retry);
  if (!kept) return std::unexpected(std::move(kept).error());
  kept_ = std::move(*kept);
  for (std::size_t m = 0; m < points_.models.size(); ++m)
    for (std::size_t s = 0; s < points_.sizes.size(); ++s)
      for (std::size_t t = 0; t < points_.targets.size(); ++t)
        if (options_.shard.has(m * points_.sizes.size() + s))
          ++progress_.points, progress_.already += kept_[points_.number(m, s, t)] ? 1 : 0;
  tell_(progress_);
  const auto models = wanted();
  check_others(models);
  std::vector<std::pair<Wanted*, std::size_t>> units;
  for (const auto& model : models)
    for (const auto size : model->sizes) units.emplace_back(model.get(), size);
  host::for_each_index(units.size(), options_.threads,
                       [&](std::size_t i) { run_size(*units[i].first, units[i].second); });
  if (failure_) return std::unexpected(*failure_);
  return progress_;
}

bool Runner::wants(std::size_t model, std::size_t size) const {
  if (!options_.shard.has(model * points_.sizes.size() + size)) return false;
  for (std::size_t t = 0; t < points_.targets.size(); ++t)
    if (!kept_[points_.number(model, size, t)]) return true;
  return false;
}

/// The models of which some point is wanted, each with its sizes.
std::vector<std::unique_ptr<Wanted>> Runner::wanted() const {
  std::vector<std::unique_ptr<Wanted>> all;
  for (std::size_t m = 0; m < points_.models.size(); ++m) {
    std::vector<std::size_t> sizes;
    for (std::size_t s = 0; s < points_.sizes.size(); ++s)
      if (wants(m, s)) sizes.push_back(s);
    if (!sizes.empty()) all.push_back(std::make_unique<Wanted>(m, std::move(sizes)));
  }
  return all;
}

/// Sizes come in the order of their models, so that few models are held at a time.
void Runner::run_size(Wanted& model, std::size_t size) {
  if (!stopped()) {
    std::call_once(model.once, [&] { model.read = read(points_.models[model.model]); });
    if (!stopped()) run_unit(model.model, size, model.read ? &*model.read : nullptr);
  }
  if (--model.left == 0) model.read.reset();
}

/// Without what the axes bind.
Result<host::ReadModel> Runner::read_base(host::ModelStep step) const {
  for (const auto& [name, size] : points_.sizes.front().bindings) step.bindings.erase(name);
  return host::ReadModel::read(std::move(step), plan_.limits);
}

/// Models of which no point is wanted any more: the store's points are of what their files hold now.
void Runner::check_others(const std::vector<std::unique_ptr<Wanted>>& wanted) {
  const auto known = store_.models();
  if (!known) return void(failure_ = known.error());
  for (std::size_t m = 0; m < points_.models.size() && !failure_; ++m) {
    const auto& step = points_.models[m];
    const bool is_wanted = std::ranges::any_of(wanted, [&](const auto& one) { return one->model == m; });
    const bool was_read = std::ranges::any_of(*known, [&](const auto& one) { return one.first == step.id; });
    if (is_wanted || !was_read || step.follow) continue;
    const auto read = read_base(step);
    const auto same = read ? store_.add_model(step.id, read->checksum()) : std::unexpected(read.error());
    if (!same) failure_ = same.error();
  }
}

/// A source is captured at its sizes; a file that cannot be read like this is
/// read with them, too.
std::optional<host::ReadModel> Runner::read(const host::ModelStep& step) {
  if (step.follow) return std::nullopt;
  const std::scoped_lock lock(reading_);
  auto read = read_base(step);
  if (!read) return std::nullopt;
  const std::scoped_lock store(storing_);
  if (auto same = store_.add_model(step.id, read->checksum()); !same && !failure_) failure_ = same.error();
  return std::move(*read);
}

Result<OpenedModel> Runner::open(const host::ModelStep& step, const Sizes& sizes,
                                 const host::ReadModel* read) {
  const auto batch = sizes.batch ? sizes.batch : step.batch;
  if (read)
    if (auto out = read->at(batch, sizes.bindings)) return std::move(*out);
  auto sized = step;
  sized.batch = batch;
  for (const auto& [name, size] : sizes.bindings)
    sized.bindings[name] = size, sized.own_bindings.insert(name);
  const std::scoped_lock lock(reading_);
  return host::open_model(sized, plan_.limits);
}

Result<Subject> Runner::study(Result<OpenedModel> opened) const {
  if (!opened) return std::unexpected(std::move(opened).error());
  auto graph = host::state_operators(std::move(opened->graph), plan_.operators, opened->warnings);
  if (!graph) return std::unexpected(std::move(graph).error());
  auto counted = host::analyse(cost_, *graph, ResultSet());
  if (!counted) return std::unexpected(std::move(counted).error());
  return Subject{std::move(*graph), std::move(*counted), std::move(opened->warnings)};
}

/// A point with what it is, and nothing found out.
Row Runner::begun(std::size_t model, std::size_t size, std::size_t target) const {
  Row row(store_.columns().size());
  row[0] = static_cast<std::int64_t>(points_.number(model, size, target));
  row[1] = points_.models[model].id;
  std::size_t at = 2;
  for (const auto* words : {&points_.sizes[size].words, &points_.targets[target].words})
    for (const auto& word : *words) {
      if (store_.columns()[at].type == "INTEGER")
        row[at] = *host::read_size(word);
      else if (store_.columns()[at].type == "REAL")
        row[at] = *host::read_figure(word);
      else
        row[at] = word;
      ++at;
    }
  return row;
}

void Runner::run_unit(std::size_t model, std::size_t size, const host::ReadModel* read) {
  const auto subject = study(open(points_.models[model], points_.sizes[size], read));
  std::optional<host::Estimator> estimator;
  if (subject) estimator.emplace(subject->graph, *subject->counted.as<CostProfile>());
  std::vector<Row> rows;
  for (std::size_t t = 0; t < points_.targets.size(); ++t) {
    if (kept_[points_.number(model, size, t)]) continue;
    auto& row = rows.emplace_back(begun(model, size, t));
    if (subject)
      fill(row, points_.targets[t], *subject, *estimator);
    else
      write_failure(row, subject.error());
  }
  keep(rows);
}

void Runner::fill(Row& row, const Target& target, const Subject& subject, host::Estimator& estimator) const {
  if (target.refused) return write_failure(row, {Fault::config, *target.refused, {}, {}});
  const auto estimate = estimator.estimate(target.step);
  if (!estimate) return write_failure(row, estimate.error());
  RowWriter writer(store_.columns(), row);
  host::write_figures(*estimate, writer);
  for (const Bound bound : {Bound::compute, Bound::memory, Bound::launch})
    if (host::knows_bounds(*estimate))
      writer.real(std::string(name(bound)) + "_share",
                  estimate->bound_shares.at(static_cast<std::size_t>(bound)));
  if (const auto rate = host::sure_rate(*estimate); target.usd_per_hour && rate && *rate > 0)
    writer.real("usd_per_million", 1e6 / *rate / 3600 * *target.usd_per_hour);
  if (const auto lines = lines_of(subject.warnings, estimate->warnings); !lines.empty())
    writer.text("warnings", lines);
  writer.flag("failed", false);
}

void Runner::write_failure(Row& row, const Error& error) const {
  RowWriter writer(store_.columns(), row);
  writer.flag("failed", true), writer.text("error", error.what);
  if (!error.fix.empty()) writer.text("fix", error.fix);
}

void Runner::keep(const std::vector<Row>& rows) {
  const std::scoped_lock lock(storing_);
  if (failure_) return;
  if (auto ok = store_.add(rows); !ok) return void(failure_ = ok.error());
  progress_.run += rows.size();
  tell_(progress_);
}

bool Runner::stopped() {
  const std::scoped_lock lock(storing_);
  return failure_.has_value();
}

}  // namespace

Result<Progress> run(const Points& points, const host::Plan& plan, Store& store, const RunOptions& options,
                     const std::function<void(const Progress&)>& tell) {
  return Runner(points, plan, store, options, tell).run();
}

}  // namespace alidade::sweep
