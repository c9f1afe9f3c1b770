#include "test_names.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "host/plugins/sample_graphs.hpp"
#include "host/query/result_document.hpp"
#include "host/query/result_scope.hpp"
#include "host/run/analyse.hpp"

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
  for (const auto& step : plan.hardware) {
    HardwareRun run;
    run.id = step.id, run.component = step.loaded->info.name;
    run.costs = PerNode<Cost>(graph.node_count()), run.priced = PerNode<char>(graph.node_count(), 1);
    model.hardware.push_back(std::move(run));
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

}  // namespace

void check_test_names(const Plan& plan, const Config& config, Finder& finder) {
  if (config.tests.empty()) return;
  const auto document = sample_document(plan);
  if (!document) return;
  const query::ResultScope scope(*document);
  for (const auto& use : config.tests) {
    const auto that = query::Expression::parse(use.that.value);
    const auto unknown = that ? that->unknown_name(scope) : std::nullopt;
    if (unknown)
      finder.mistake({place_inside(use.that, unknown->at, config.sources),
                      "'that' in [[test]]: " + unknown->error.what, unknown->error.fix});
  }
}

}  // namespace alidade::host
