#include "host/query/document_check.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"

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

std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  return value.is_array() ? "a list"
                          : text::printable(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}
Finding unlike(const std::string& at, const Json& value, const std::string& expected) {
  return text::printable(at) + " is " + shown(value) + ", expected " + expected;
}

/// A figure that no run can have found: no number, or one below 0, or more than its own upper bound.
Finding wrong_figure(const std::string& at, const std::string& key, const Json& value, const Json& around) {
  if (value.is_structured() || value.is_null()) return {};
  if (!value.is_number() || value < 0) return unlike(at, value, "null or a number of at least 0");
  const auto upper = around.find(key + "_upper");
  if (upper == around.end() || upper->is_null() || (upper->is_number() && *upper >= value)) return {};
  return unlike(at + "_upper", *upper,
                "null or at least " + shown(value) + ", as " + text::printable(key) + " is");
}

/// The figures of an object or a list, and of what is inside of it.
Finding wrong_figures(const std::string& at, const Json& part, int depth) {
  if (depth > kDeepest)
    return text::printable(at) + " is nested more than " + std::to_string(kDeepest) + " deep";
  if (part.is_array()) {
    for (std::size_t i = 0; i < part.size(); ++i)
      if (part[i].is_structured())
        if (auto found = wrong_figures(at + "[" + std::to_string(i) + "]", part[i], depth + 1)) return found;
    return {};
  }
  for (const auto& [key, value] : part.items()) {
    const auto inside = at + "." + key;
    auto found = value.is_structured()                             ? wrong_figures(inside, value, depth + 1)
                 : is_figure(key) || part.contains(key + "_upper") ? wrong_figure(inside, key, value, part)
                                                                   : Finding();
    if (found) return found;
  }
  return {};
}

Finding no_texts(const std::string& at, const Json& object, std::initializer_list<const char*> keys) {
  for (const auto* key : keys)
    if (const auto found = object.find(key); found != object.end() && !found->is_string())
      return unlike(at + key, *found, "a text");
  return {};
}

/// The members of a list, objects all of them, whose `texts` are texts.
Finding wrong_list(const std::string& at, const Json& list, std::initializer_list<const char*> texts) {
  if (!list.is_array()) return unlike(at, list, "a list");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto place = at + "[" + std::to_string(i) + "]";
    if (!list[i].is_object()) return unlike(place, list[i], "an object");
    if (auto found = no_texts(place + ".", list[i], texts)) return found;
    if (const auto flag = list[i].find("conditional"); flag != list[i].end() && !flag->is_boolean())
      return unlike(place + ".conditional", *flag, "true or false");
  }
  return {};
}

/// The results of analyses are objects; what their lists say of operators names these in text.
Finding wrong_analyses(const std::string& at, const Json& analyses) {
  if (!analyses.is_object()) return unlike(at, analyses, "an object");
  for (const auto& [name, result] : analyses.items()) {
    if (!result.is_object()) return unlike(at + "." + name, result, "an object");
    for (const auto& [key, list] : result.items())
      for (std::size_t i = 0; list.is_array() && i < list.size(); ++i)
        if (list[i].is_object())
          if (auto found = no_texts(at + "." + name + "." + key + "[" + std::to_string(i) + "].", list[i],
                                    {"operator"}))
            return found;
  }
  return {};
}

Finding wrong_part(const std::string& at, const std::string& key, const Json& value) {
  if (key == "model" || key == "convention")
    return value.is_string() ? Finding() : unlike(at, value, "a text");
  if (key == "totals") return value.is_object() ? Finding() : unlike(at, value, "an object");
  if (key == "layers") return wrong_list(at, value, {"name", "op", "foreign", "certainty"});
  if (key == "hardware") return wrong_list(at, value, {"id"});
  return key == "analyses" ? wrong_analyses(at, value) : Finding();
}

Finding wrong_model(const std::string& at, const Json& model) {
  if (!model.is_object()) return unlike(at, model, "an object");
  const auto above = at.empty() ? at : at + ".";
  for (const auto& [key, value] : model.items()) {
    if (auto found = wrong_part(above + key, key, value)) return found;
    if (key == "totals" || key == "layers" || key == "hardware" || key == "analyses")
      if (auto found = wrong_figures(above + key, value, 0)) return found;
  }
  return {};
}

}  // namespace

bool is_figure(const std::string& key) { return std::ranges::find(kFigures, key) != kFigures.end(); }

std::optional<std::string> impossible(const Json& document) {
  const auto models = document.find("models");
  if (models == document.end()) return wrong_model("", document);
  if (!models->is_array()) return unlike("models", *models, "a list");
  for (std::size_t i = 0; i < models->size(); ++i)
    if (auto found = wrong_model("models[" + std::to_string(i) + "]", (*models)[i])) return found;
  return {};
}

}  // namespace alidade::host::query
