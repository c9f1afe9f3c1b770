#include "host/query/older_document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "host/query/document_check.hpp"

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;

/// Takes the upper bounds from the figures of an object and of those inside of it.
void unbound(Json& object) {
  std::vector<std::string> figures;
  for (auto& [key, value] : object.items()) {
    if (value.is_object()) unbound(value);
    if (value.is_number() && is_figure(key)) figures.push_back(key);
  }
  for (const auto& figure : figures) object[figure + "_upper"] = nullptr;
}

bool is_zero(const Json& totals, const char* key) {
  const auto found = totals.find(key);
  return found != totals.end() && *found == 0;
}

/// A size that is a symbol or null, or a shape without a rank.
bool is_open(const Json& shape) {
  return !shape.is_array() || std::ranges::any_of(shape, [](const Json& dim) { return !dim.is_number(); });
}

/// Whether a layer's figures may be more than it says; an older version counted nothing of a branch that may
/// run.
bool is_uncertain(const Json& layer) {
  return layer.value("certainty", "") != "exact" || layer.value("runs", Json()) == 0 ||
         is_open(layer.value("shape", Json()));
}

/// Marks the layers, and says whether one is uncertain.
bool mark_layers(Json& layers) {
  bool any = false;
  for (auto& layer : layers) {
    if (!layer.is_object() || !is_uncertain(layer)) continue;
    unbound(layer), any = true;
  }
  return any;
}

}  // namespace

void mark_older_document(Json& model) {
  const auto totals = model.find("totals"), layers = model.find("layers");
  if (totals == model.end() || !totals->is_object() || totals->contains("macs_upper")) return;
  const bool open = layers != model.end() && mark_layers(*layers);
  if (!open && is_zero(*totals, "opaque_ops") && is_zero(*totals, "unknown_ops")) return;
  unbound(*totals);
  if (const auto analyses = model.find("analyses"); analyses != model.end()) unbound(*analyses);
  if (const auto hardware = model.find("hardware"); hardware != model.end())
    for (auto& target : *hardware) unbound(target);
}

}  // namespace alidade::host::query
