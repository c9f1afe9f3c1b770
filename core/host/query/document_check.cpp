#include "host/query/document_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "alidade/base/text.hpp"
#include "host/query/schema_check.hpp"

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;
using Finding = std::optional<std::string>;

constexpr int kDeepest = 64;
/// Every X that has an X_upper beside it in what this version writes of a model.
constexpr std::array kFigures{"macs",
                              "flops",
                              "counted",
                              "memory",
                              "ops",
                              "params",
                              "active_params",
                              "param_bytes",
                              "buffers",
                              "kept_bytes",
                              "operators",
                              "launches",
                              "groups",
                              "largest_group",
                              "near_miss_count",
                              "input_bytes",
                              "output_bytes",
                              "input_traffic_bytes",
                              "output_traffic_bytes",
                              "weight_traffic_bytes",
                              "weight_read_bytes",
                              "weight_bytes_by_use",
                              "largest_operator_bytes",
                              "chain_traffic_bytes",
                              "traffic_unfused_bytes",
                              "saved_bytes",
                              "most_threads",
                              "degree",
                              "most_degree",
                              "operators_free",
                              "flops_free",
                              "free_parts",
                              "exchanged_bytes",
                              "shared_bytes",
                              "batch",
                              "traffic_bytes",
                              "weight_bytes",
                              "peak_activation_bytes",
                              "peak_bytes",
                              "peak_with_workspace_bytes",
                              "arena_bytes",
                              "critical_path_weight",
                              "total_weight",
                              "stage_by_stage_weight",
                              "time_s",
                              "critical_path_s",
                              "energy_j",
                              "per_second",
                              "total_bytes",
                              "activation_bytes",
                              "workspace_bytes",
                              "matrix_flops",
                              "vector_flops",
                              "read_bytes",
                              "written_bytes",
                              "runs"};

/// Figures that are no counts.
constexpr std::array kReals{"time_s", "critical_path_s", "energy_j", "per_second"};
/// Names that parts of a document have as well, which are objects or lists.
constexpr std::array kParts{"operators", "groups", "memory", "macs", "flops"};

bool among(const std::string& key, std::span<const char* const> keys) {
  return std::ranges::find(keys, key) != keys.end();
}

/// A figure that no run can have found: no number, or one below 0, or more than its own upper bound.
Finding wrong_figure(const std::string& at, const std::string& key, const Json& value, const Json& around) {
  const auto upper = around.find(key + "_upper");
  const bool bounded = upper != around.end(), whole = is_figure(key) && !among(key, kReals);
  if (value.is_structured() && !bounded && among(key, kParts)) return {};
  if (value.is_null()) return {};
  if (!value.is_number() || value < 0 || (whole && !SchemaCheck::is_whole(value)))
    return unlike(at, value,
                  std::string("null or a ") + (whole ? "whole number" : "number") + " of at least 0");
  if (!bounded || upper->is_null() || (upper->is_number() && *upper >= value)) return {};
  return unlike(at + "_upper", *upper,
                "null or at least " + shown(value) + ", as " + text::printable(key) + " is");
}

Finding wrong_value(const std::string& at, const Json& value, int depth);

/// The same of every member of an object or a list, and of what is inside of it. No number of a result is
/// below 0.
Finding wrong_figures(const std::string& at, const Json& part, int depth) {
  if (depth > kDeepest)
    return text::printable(at) + " is nested more than " + std::to_string(kDeepest) + " deep";
  for (std::size_t i = 0; part.is_array() && i < part.size(); ++i)
    if (auto found = wrong_value(at + "[" + std::to_string(i) + "]", part[i], depth)) return found;
  if (!part.is_object()) return {};
  const bool shares = at.ends_with("_shares");  // of time, by what bounds it: "memory" among them
  for (const auto& [key, value] : part.items()) {
    if (key == "attributes") continue;  // of operators, as the file has them: a start may be below 0
    const bool figure = !shares && (is_figure(key) || part.contains(key + "_upper"));
    auto found = figure ? wrong_figure(at + "." + key, key, value, part) : Finding();
    if (!found) found = wrong_value(at + "." + key, value, depth);
    if (found) return found;
  }
  return {};
}

Finding wrong_value(const std::string& at, const Json& value, int depth) {
  if (value.is_structured()) return wrong_figures(at, value, depth + 1);
  if (value.is_number() && value < 0) return unlike(at, value, "a number of at least 0");
  return {};
}

/// What the lists of analyses say of operators names these in text.
Finding wrong_analyses(const std::string& at, const Json& analyses) {
  for (const auto& [name, result] : analyses.items())
    for (const auto& [key, list] : result.items())
      for (std::size_t i = 0; list.is_array() && i < list.size(); ++i)
        if (const auto place = at + "." + name + "." + key + "[" + std::to_string(i) + "].operator";
            list[i].is_object() && list[i].contains("operator") && !list[i]["operator"].is_string())
          return unlike(place, list[i]["operator"], "a text");
  return {};
}

/// Those of older versions had figures without an X_upper.
bool is_older(const Json& model) {
  const auto totals = model.find("totals");
  return totals != model.end() && totals->is_object() && !totals->contains("macs_upper");
}

Finding wrong_model(const std::string& at, const Json& model, const Json& schema, Versions versions) {
  if (!model.is_object()) return unlike(at, model, "an object");
  const bool may_lack = versions == Versions::older_too && is_older(model);
  const SchemaCheck check(schema, may_lack ? SchemaCheck::Absent::may_be : SchemaCheck::Absent::is_wrong);
  if (auto found = check.of(model.contains("error") ? "failed" : "analysed", model, at)) return found;
  const auto above = at.empty() ? at : at + ".";
  for (const std::string part : {"totals", "layers", "hardware", "analyses"})
    if (const auto found = model.find(part); found != model.end())
      if (auto wrong = wrong_figures(above + part, *found, 0)) return wrong;
  return model.contains("analyses") ? wrong_analyses(above + "analyses", model["analyses"]) : Finding();
}

}  // namespace

bool is_figure(const std::string& key) { return std::ranges::find(kFigures, key) != kFigures.end(); }

std::optional<std::string> impossible(const Json& document, const Json& schema, Versions versions) {
  if (const auto program = document.find("program"); program != document.end() && !program->is_string())
    return unlike("program", *program, "a text");
  const auto models = document.find("models");
  if (models == document.end()) return wrong_model("", document, schema, versions);
  if (!models->is_array()) return unlike("models", *models, "a list");
  for (std::size_t i = 0; i < models->size(); ++i)
    if (auto found = wrong_model("models[" + std::to_string(i) + "]", (*models)[i], schema, versions))
      return found;
  return {};
}

}  // namespace alidade::host::query
