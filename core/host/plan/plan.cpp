#include "plan.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <thread>

#include "alidade/base/text.hpp"
#include "alidade/results/cost.hpp"
#include "host/config/axis.hpp"
#include "parts.hpp"
#include "test_names.hpp"

namespace alidade::host {
namespace {

/// The section of a pipeline file that its entries stand in.
std::string section_of(ComponentKind kind) {
  return kind == ComponentKind::placer ? "placement" : std::string(name(kind));
}

std::string with_article(ComponentKind kind) {
  const std::string word(name(kind));
  if (kind == ComponentKind::hardware) return "a hardware model";
  return (kind == ComponentKind::analysis ? "an " : "a ") + word;
}

std::string way_to_write(ComponentKind kind) {
  return kind == ComponentKind::frontend ? "name it as the frontend of a [[model]] or a [[family]]"
                                         : "write it under [[" + section_of(kind) + "]]";
}

std::vector<std::vector<Step>> plan_analyses(const Config& config, std::vector<Demand> demands,
                                             Finder& finder) {
  std::vector<Pass> passes;
  for (const auto& use : config.analyses)
    if (auto step = step_for(use, ComponentKind::analysis, {"use", "id"}, finder))
      passes.push_back({std::move(*step), use.place});
  for (const auto& use : config.hardware)  // a hardware model prices the work that the cost analysis counts
    demands.push_back({CostProfile::key, "hardware target", use.id.value, use.place});
  return order_passes(std::move(passes), std::move(demands), finder);
}

std::vector<Step> plan_steps(const std::vector<Use>& uses, ComponentKind kind, Finder& finder) {
  std::vector<Step> steps;
  for (const auto& use : uses)
    if (auto step = step_for(use, kind, {"use", "id"}, finder)) steps.push_back(std::move(*step));
  return steps;
}

/// {model} is the only thing in braces, and no two reports write one file.
void check_path(const ReportUse& use, std::map<std::string, Place>& taken, Finder& finder) {
  const auto& path = use.path.value;
  const auto open = path.find('{'), close = path.find('}', open);
  const auto inside =
      open == path.npos ? std::string{} : path.substr(open, close == path.npos ? close : close + 1 - open);
  if (path.empty())
    finder.mistake(
        {use.path.place,
         "'path'" + in_entry(ComponentKind::report, use) + ": expected a file or \"-\", found \"\"",
         {}});
  else if (!inside.empty() && inside != "{model}")
    finder.mistake({use.path.place,
                    "'path'" + in_entry(ComponentKind::report, use) + ": expected {model}, found " +
                        text::quoted(inside),
                    "{model} is the model's id; nothing else stands in braces"});
  if (path == "-" || path.empty()) return;
  const auto file = std::filesystem::path(path).lexically_normal().string();
  const auto [other, added] = taken.emplace(file, use.path.place);
  if (!added)
    finder.mistake({use.path.place,
                    "two reports write " + text::quoted(path) + "; the other is at " + to_text(other->second),
                    "give one of them another path"});
}

std::vector<ReportStep> plan_reports(const Config& config, std::vector<Demand>& demands, Finder& finder) {
  std::vector<ReportStep> steps;
  std::map<std::string, Place> taken;
  for (const auto& use : config.reports) {
    check_path(use, taken, finder);
    auto step = step_for(use, ComponentKind::report, {"use", "id", "path"}, finder);
    if (!step) continue;
    for (const auto& need : step->loaded->info.needs)
      demands.push_back({need, "report", use.id.value, use.use.place});
    steps.push_back({std::move(*step), use.path.value});
  }
  return steps;
}

/// What stands before the first dot of a field may be a result that an analysis of that name makes.
void demand_results(const TestUse& use, const query::Expression& that, Finder& finder,
                    std::vector<Demand>& demands) {
  const auto& libraries = finder.libraries();
  for (const auto& field : that.mentions()) {
    const auto name = field.substr(0, field.find('.'));
    if (name == field || std::ranges::find(libraries, name) == libraries.end()) continue;
    const auto found = finder.ask(name);
    if (found && !(*found)->info.makes.empty())
      demands.push_back({(*found)->info.makes[0], "test", use.that.value, use.that.place});
  }
}

std::vector<TestStep> plan_tests(const Config& config, std::vector<Demand>& demands, Finder& finder) {
  std::vector<TestStep> steps;
  for (const auto& use : config.tests) {
    const auto that = query::Expression::parse(use.that.value);
    if (!that) {
      finder.mistake({use.that.place, "'that' in [[test]]: " + that.error().what, that.error().fix});
      continue;
    }
    demands.push_back({CostProfile::key, "test", use.that.value, use.that.place});
    demand_results(use, *that, finder, demands);
    steps.push_back({use.model.value, use.that.value, *that});
  }
  return steps;
}

void check_whole(const Config& config, Finder& finder) {
  if (!config.complete) return;  // what is missing may stand in what could not be read
  const Place place{config.files.empty() ? std::string{} : config.files.back()};
  if (config.models.empty() && !config.files.empty())  // without a file a caller has models of its own
    finder.mistake({place, "there is no [[model]]: nothing would be read",
                    "add [[model]] with path = \"models/*.onnx\""});
  if (config.reports.empty() && config.tests.empty() &&
      !config.files.empty() &&           // without a file a verb asks, and writes what it wants itself
      axes_in(*config.written).empty())  // a sweep has a store
    finder.mistake(
        {place, "there is no [[report]]: nothing would be written", "add [[report]] with use = \"table\""});
}

/// The same sentence about the same place is said once.
void drop_repeats(std::vector<Mistake>& mistakes) {
  const auto same = [](const Mistake& a, const Mistake& b) {
    return a.what == b.what && a.place.file == b.place.file && a.place.line == b.place.line &&
           a.place.column == b.place.column;
  };
  std::vector<Mistake> kept;
  for (auto& mistake : mistakes)
    if (std::ranges::none_of(kept, [&](const auto& k) { return same(k, mistake); }))
      kept.push_back(std::move(mistake));
  mistakes = std::move(kept);
}

}  // namespace

std::string in_entry(ComponentKind kind, const Use& use) {
  return " in [[" + section_of(kind) + "]] " + text::quoted(use.id.value);
}

std::optional<Step> step_for(const Use& use, ComponentKind kind, std::vector<std::string> own,
                             Finder& finder) {
  const auto* loaded = finder.find(use.use.value, kind, use.use.place);
  if (!loaded) return std::nullopt;
  check_required(loaded->info, use.options, use.use.place,
                 "[[" + section_of(kind) + "]] " + text::quoted(use.id.value), finder);
  return Step{loaded,
              use.id.value,
              check_options(loaded->info, use.options, in_entry(kind, use), std::move(own), finder),
              false,
              {}};
}

void Finder::mistake(const Place& place, const std::string& wanted, const Error& error) {
  if (error.fault == Fault::plugin) refuse();
  const auto fault = error.fault == Fault::limit ? Fault::limit : Fault::config;
  mistake({.place = place, .what = wanted + error.what, .fix = error.fix, .fault = fault});
}

const Loaded* Finder::find(std::string_view name, ComponentKind kind, const Place& place) {
  const auto found = lookup_.find(name);
  if (!found) {
    failed_.emplace(name);
    mistake(place, "", found.error());
    return nullptr;
  }
  if ((*found)->info.kind == kind) return *found;
  failed_.emplace(name);
  const auto is = (*found)->info.kind;
  mistake({place, text::quoted(name) + " is " + with_article(is) + ", not " + with_article(kind),
           place.origin == Origin::flag ? "'alidade plugins list --kind " + std::string(alidade::name(kind)) +
                                              "' lists those that there are"
                                        : way_to_write(is)});
  return nullptr;
}

PlanOutcome make_plan(const Config& config, const Lookup& lookup) {
  PlanOutcome outcome;
  Finder finder(lookup, outcome);
  check_whole(config, finder);
  auto& plan = outcome.plan;
  plan.models = plan_models(config, finder);
  if (outcome.mistakes.empty() && config.complete) check_test_models(plan, config, finder);
  plan.operators = plan_steps(config.operators, ComponentKind::operation, finder);
  std::vector<Demand> demands;
  plan.tests = plan_tests(config, demands, finder);
  plan.reports = plan_reports(config, demands, finder);
  const auto before = outcome.mistakes.size();
  plan.waves = plan_analyses(config, std::move(demands), finder);
  plan.hardware = plan_hardware(config, finder);
  plan.placements = plan_placements(config, finder);
  const bool whole = config.complete && outcome.mistakes.size() == before;
  check_test_names(plan, config, whole, finder);
  plan.inputs.insert(plan.inputs.end(), config.files.begin(), config.files.end());
  plan.limits = config.limits;
  plan.threads = config.threads > 0 ? config.threads : std::max(1u, std::thread::hardware_concurrency());
  drop_repeats(outcome.mistakes);
  settle(outcome.mistakes, config.sources);
  return outcome;
}

}  // namespace alidade::host
