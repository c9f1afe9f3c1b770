#include "test_names.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <ranges>

#include "alidade/base/text.hpp"
#include "alidade/results/cost.hpp"
#include "host/placement/place.hpp"
#include "host/plugins/sample_graphs.hpp"
#include "host/query/result_document.hpp"
#include "host/query/result_scope.hpp"
#include "host/run/analyse.hpp"
#include "host/run/estimate.hpp"

namespace alidade::host {
namespace {

using Json = nlohmann::ordered_json;

/// What the plan's analyses and targets say of a small network; nothing when one of them does not take it.
std::optional<Json> sample_document(const Plan& plan) {
  const Graph graph = sample_network();
  ResultSet results;
  for (const auto& wave : plan.waves)
    for (const auto& step : wave) {
      auto result = analyse(step, graph, results);
      if (!result) return std::nullopt;
      results.add(std::move(*result));
    }
  ModelRun model;
  model.id = "a small network", model.graph = &graph, model.results = &results;
  if (const auto* cost = results.get<CostProfile>()) {
    Estimator estimator(graph, *cost);
    for (const auto& step : plan.hardware) {
      auto made = estimator.estimate(step);
      if (!made) return std::nullopt;
      results.add(AnyResult(std::move(*made), step.id));
    }
    for (const auto& step : plan.placements) {
      auto placed = place(graph, *cost, plan, step, estimator);
      if (!placed) return std::nullopt;
      results.add(AnyResult(std::move(*placed), step.id));
    }
  }
  auto document = query::document_of(model);
  return document ? std::optional(std::move(*document)) : std::nullopt;
}

/// Where a name inside of a text stands, if the file has the text as it is read: on one line, without
/// escapes.
Place place_inside(const Located<std::string>& text, std::size_t offset, std::span<const Source> sources) {
  auto place = text.place;
  const auto line = source_line(sources, place);
  const auto begin = static_cast<std::size_t>(place.column);  // behind the quote
  if (line.size() > begin && line.substr(begin).starts_with(text.value))
    place.column += 1 + static_cast<int>(offset);
  return place;
}

/// Whether the totals are there, whose names have no dot.
bool counts_work(const Plan& plan) {
  return std::ranges::any_of(plan.waves | std::views::join, [](const Step& step) {
    return std::ranges::find(step.loaded->info.makes, CostProfile::key) != step.loaded->info.makes.end();
  });
}

/// The name that starts there: letters, digits, underscores and dots.
std::string_view name_at(std::string_view text, std::size_t at) {
  const auto end = std::ranges::find_if_not(
      text.substr(at), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; });
  return {text.begin() + at, end};
}

/// "resnet-18" and "ResNet18" are one name but for this.
std::string without_punctuation(std::string_view name) {
  std::string out;
  for (const unsigned char c : name)
    if (std::isalnum(c) != 0) out += static_cast<char>(std::tolower(c));
  return out;
}

std::vector<std::string> ids_of(const Plan& plan) {
  std::vector<std::string> ids;
  for (const auto& model : plan.models) ids.push_back(model.id);
  return ids;
}

/// The models that there are, as many as fit a line.
std::string listed(const std::vector<std::string>& ids) {
  constexpr std::size_t kMost = 12;
  const auto few = std::span(ids).first(std::min(ids.size(), kMost));
  return text::printable(text::join(few, ", ")) +
         (ids.size() > kMost ? " and " + std::to_string(ids.size() - kMost) + " more" : "");
}

Mistake about_no_model(const TestUse& use, const std::vector<std::string>& ids) {
  const auto& name = use.model.value;
  return {use.model.place.file.empty() ? use.place : use.model.place,
          "'model' in [[test]]: there is no model " + text::quoted(name) + text::did_you_mean(name, ids),
          "the models here are called " + listed(ids) + "; * and ? stand for parts of a name"};
}

}  // namespace

void check_test_models(const Plan& plan, const Config& config, Finder& finder) {
  if (config.tests.empty() || plan.models.empty()) return;
  const auto ids = ids_of(plan);
  const bool of_flags = config.models.front().path.place.origin == Origin::flag;
  for (const auto& use : config.tests) {
    const auto& name = use.model.value;
    if (std::ranges::any_of(ids, [&](const auto& id) { return text::matches(name, id); })) continue;
    const bool misspelt = std::ranges::any_of(
        ids, [&](const auto& id) { return without_punctuation(id) == without_punctuation(name); });
    if (!of_flags || misspelt) finder.mistake(about_no_model(use, ids));
  }
  for (const auto& id : ids)
    if (of_flags && std::ranges::none_of(config.tests,
                                         [&](const auto& use) { return text::matches(use.model.value, id); }))
      finder.mistake({config.models.front().path.place, "no [[test]] is about the model " + text::quoted(id),
                      "name a file with tests of it, or with tests that leave 'model' out: --tests FILE"});
}

void check_test_names(const Plan& plan, const Config& config, bool whole, Finder& finder) {
  if (config.tests.empty() || !counts_work(plan)) return;
  const auto document = sample_document(plan);
  if (!document) return;
  const query::ResultScope scope(*document);
  for (const auto& use : config.tests) {
    const auto that = query::Expression::parse(use.that.value);
    const auto mistake = that ? that->mistake(scope) : std::nullopt;
    if (mistake && (whole || !name_at(use.that.value, mistake->at).contains('.')))
      finder.mistake({place_inside(use.that, mistake->at, config.sources),
                      "'that' in [[test]]: " + mistake->error.what, mistake->error.fix});
  }
}

}  // namespace alidade::host
