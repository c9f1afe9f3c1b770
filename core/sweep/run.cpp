#include "run.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

#include "children.hpp"
#include "host/child/spawn.hpp"
#include "host/config/input_shape.hpp"
#include "host/plugins/outside.hpp"
#include "host/run/each.hpp"
#include "host/run/read_model.hpp"
#include "study.hpp"

namespace alidade::sweep {
namespace {

using host::OpenedModel;

/// A model at one of the sizes, the targets that it is wanted on, and what was found out on them so far.
struct Unit {
  std::size_t model, size;
  Result<OpenedModel> opened;
  std::vector<std::size_t> targets = {};
  std::vector<Row> rows = {};
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
      : points_(points), plan_(plan), store_(store), options_(options), tell_(tell) {}

  Result<Progress> run();

 private:
  [[nodiscard]] bool wants(std::size_t model, std::size_t size) const;
  [[nodiscard]] std::vector<std::unique_ptr<Wanted>> wanted() const;
  [[nodiscard]] bool has_outsiders() const;
  void run_here(const std::vector<std::pair<Wanted*, std::size_t>>& sizes);
  void run_apart(const std::vector<std::pair<Wanted*, std::size_t>>& sizes);
  void run_size(Wanted& model, std::size_t size, const std::function<void(Unit)>& work);
  [[nodiscard]] Unit unit(std::size_t model, std::size_t size, const host::ReadModel* read);
  void work_out(Unit unit);
  [[nodiscard]] Job job_of(Unit unit);
  void take(Unit& unit, std::size_t point, Result<Row> row);
  [[nodiscard]] Row point(const Unit& unit, std::size_t target, Study& study) const;
  void check_others(const std::vector<std::unique_ptr<Wanted>>& wanted);
  [[nodiscard]] Result<host::ReadModel> read_base(host::ModelStep step) const;
  [[nodiscard]] std::optional<host::ReadModel> read(const host::ModelStep& step);
  [[nodiscard]] Result<OpenedModel> open(const host::ModelStep& step, const Sizes& sizes,
                                         const host::ReadModel* read);
  [[nodiscard]] Row begun(std::size_t model, std::size_t size, std::size_t target) const;
  void keep(const std::vector<Row>& rows);
  [[nodiscard]] bool stopped();

  const Points& points_;
  const host::Plan& plan_;
  Store& store_;
  const RunOptions& options_;
  const std::function<void(const Progress&)>& tell_;
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
  if (options_.apart && has_outsiders() && host::can_copy())
    run_apart(units);
  else
    run_here(units);
  if (failure_) return std::unexpected(*failure_);
  return progress_;
}

/// Whether a plugin from outside the install has a part in the points.
bool Runner::has_outsiders() const {
  const auto outside = [](const host::Step& step) { return host::is_outside(*step.loaded); };
  return outside(cost_step(plan_)) || std::ranges::any_of(plan_.operators, outside) ||
         std::ranges::any_of(points_.targets, [&](const Target& target) { return outside(target.step); });
}

void Runner::run_here(const std::vector<std::pair<Wanted*, std::size_t>>& sizes) {
  host::for_each_index(sizes.size(), options_.threads, [&](std::size_t i) {
    run_size(*sizes[i].first, sizes[i].second, [&](Unit unit) { work_out(std::move(unit)); });
  });
}

void Runner::run_apart(const std::vector<std::pair<Wanted*, std::size_t>>& sizes) {
  Children children(options_.threads, plan_.limits);
  const auto note = [&](const Result<void>& done) {
    if (!done && !failure_) failure_ = done.error();
  };
  for (const auto& [model, size] : sizes)
    run_size(*model, size, [&](Unit unit) {
      if (unit.opened)
        note(children.start(job_of(std::move(unit))));
      else
        work_out(std::move(unit));
    });
  note(children.finish());
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
void Runner::run_size(Wanted& model, std::size_t size, const std::function<void(Unit)>& work) {
  if (!stopped()) {
    std::call_once(model.once, [&] { model.read = read(points_.models[model.model]); });
    if (!stopped()) work(unit(model.model, size, model.read ? &*model.read : nullptr));
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

Unit Runner::unit(std::size_t model, std::size_t size, const host::ReadModel* read) {
  Unit out{model, size, open(points_.models[model], points_.sizes[size], read)};
  for (std::size_t t = 0; t < points_.targets.size(); ++t)
    if (!kept_[points_.number(model, size, t)]) out.targets.push_back(t);
  return out;
}

Row Runner::point(const Unit& unit, std::size_t target, Study& study) const {
  auto row = begun(unit.model, unit.size, target);
  study.fill(store_.columns(), row, points_.targets[target]);
  return row;
}

void Runner::work_out(Unit unit) {
  Study study(plan_, std::move(unit.opened));
  for (const auto target : unit.targets) unit.rows.push_back(point(unit, target, study));
  keep(unit.rows);
}

Job Runner::job_of(Unit unit) {
  const auto shared = std::make_shared<Unit>(std::move(unit));
  return {shared->targets.size(),
          [this, shared](std::size_t first, const auto& ready, const auto& tell) {
            Study study(plan_, std::move(shared->opened));  // of this copy of the process
            ready();
            for (; first < shared->targets.size(); ++first)
              tell(point(*shared, shared->targets[first], study));
          },
          [this, shared](std::size_t point, Result<Row> row) { take(*shared, point, std::move(row)); }};
}

/// What a child says of a point, where it is a row of that point; what it does not say is a failure.
void Runner::take(Unit& unit, std::size_t point, Result<Row> row) {
  auto& out = unit.rows.emplace_back(begun(unit.model, unit.size, unit.targets[point]));
  const bool fitting = row && row->size() == out.size() && row->front() == out.front();
  if (fitting)
    out = std::move(*row);
  else
    write_failure(
        store_.columns(), out,
        row ? Error{Fault::plugin, "its process answered with what is no row", {}, {}} : row.error());
  if (unit.rows.size() == unit.targets.size()) keep(unit.rows);
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
