#include "host/query/result_scope.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "alidade/base/text.hpp"

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;

/// Names that people use for fields that have another.
const std::map<std::string, std::string, std::less<>> kAlso{{"kind", "op"},
                                                            {"layer", "name"},
                                                            {"ai", "arithmetic_intensity"},
                                                            {"parameters", "params"},
                                                            {"operators", "ops"}};

/// The name that a field has here: of "ai" and "ai_upper" those of `arithmetic_intensity`. One that has no
/// other name keeps it.
std::string own_name(std::string_view name) {
  constexpr std::string_view kUpper = "_upper";
  const bool upper = name.ends_with(kUpper);
  const auto stem = upper ? name.substr(0, name.size() - kUpper.size()) : name;
  const auto also = kAlso.find(stem);
  return also == kAlso.end() ? std::string(name) : also->second + std::string(upper ? kUpper : "");
}

/// Figures of targets, whose names stand behind them, as the document has them.
constexpr std::array kOfTargets{"time_s",       "energy_j",   "critical_path_s", "unsupported",
                                "slow",         "per_second", "average_watts",   "unpriced_ops",
                                "matrix_share", "dram_share"};
/// Those that are made of other members.
constexpr std::array kMadeOfTargets{"memory_bytes", "fits", "bound"};

Value value_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned() && json.get<std::uint64_t>() >> 63 != 0) return json.get<double>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) return static_cast<std::int64_t>(json.size());
  return {};
}

/// The member at a path with dots; nothing where there is none. Below one that has no value there is no value
/// either.
const Json* at(const Json& object, std::string_view path) {
  const Json* here = &object;
  for (const auto& part : text::split(path, '.')) {
    if (here->is_null()) return here;
    if (!here->is_object()) return nullptr;
    const auto found = here->find(part);
    if (found == here->end()) return nullptr;
    here = &*found;
  }
  return here;
}
const Json* found(const Json& object, std::string_view name) {
  const auto* direct = at(object, name);
  return direct ? direct : at(object, own_name(name));
}

/// The paths of all members that are single values, those of `object` itself before those below.
void add_names(const std::string& above, const Json& object, std::vector<std::string>& out) {
  for (const auto& [key, value] : object.items())
    if (!value.is_structured()) out.push_back(above + key);
  for (const auto& [key, value] : object.items())
    if (value.is_object()) add_names(above + key + ".", value, out);
}

/// The same, and behind them what else people call some of them.
std::vector<std::string> with_other_names(std::vector<std::string> names) {
  for (const auto& [other, name] : kAlso)
    if (std::ranges::find(names, name) != names.end()) names.push_back(other);
  return names;
}

/// What any row has; a field that another row lacks is known there, too, and worth nothing.
struct Columns {
  std::vector<std::string> names;
  std::set<std::string, std::less<>> known;
  void add(const std::string& name) {
    if (known.insert(name).second) names.push_back(name);
  }
};

class Row final : public FieldScope {
 public:
  Row(Json fields, const Columns& columns) : fields_(std::move(fields)), columns_(columns) {}
  [[nodiscard]] Value field(std::string_view name) const override {
    const auto* json = found(fields_, name);
    return json ? value_of(*json) : Value();
  }
  [[nodiscard]] bool knows(std::string_view name) const override {
    return columns_.known.contains(name) || columns_.known.contains(own_name(name));
  }
  [[nodiscard]] bool is_open(std::string_view name) const override {
    if (name != "bottleneck" && !name.starts_with("bound.")) return false;
    const auto* json = found(fields_, name);
    return json && *json == "unknown";
  }
  [[nodiscard]] std::vector<std::string> names() const override { return with_other_names(columns_.names); }
  Json& fields() { return fields_; }

 private:
  Json fields_;
  const Columns& columns_;
};

/// Puts a figure of an operator: null is one that is not known, at least 0 and without an upper bound.
void put(Json& into, const std::string& key, const Json& value) {
  into[key] = value.is_null() ? Json(0) : value;
  into[key + "_upper"] = value;
}

}  // namespace

struct ResultScope::State {
  explicit State(const Json& model);
  void add_layer(const Json& layer);
  void add_analyses(const Json& analyses);
  void add_to_rows(const Json& list, const std::unordered_map<std::string, Row*>& by_name);
  void add_hardware(const Json& hardware);
  void add_memory(const Json& memory, const std::string& id);
  void add_rows_of(const Json& target, const std::string& id);

  Columns columns;
  Json totals;
  std::deque<Row> rows;
};

ResultScope::State::State(const Json& model) : totals(model.value("totals", Json::object())) {
  if (!totals.is_object()) totals = Json::object();
  totals["model"] = model.value("model", "");
  if (const auto layers = model.find("layers"); layers != model.end() && layers->is_array())
    std::ranges::for_each(*layers, [this](const Json& layer) { add_layer(layer); });
  if (const auto analyses = model.find("analyses"); analyses != model.end()) add_analyses(*analyses);
  if (const auto hardware = model.find("hardware"); hardware != model.end()) add_hardware(*hardware);
}

/// A layer without an intensity moves nothing and has none, unless what it does is not known.
void ResultScope::State::add_layer(const Json& layer) {
  auto& fields = rows.emplace_back(layer, columns).fields();
  const auto open = [&](const std::string& figure) {
    const auto upper = layer.find(figure + "_upper");
    return upper != layer.end() && *upper != layer.value(figure, Json());
  };
  if (const auto found = layer.find("arithmetic_intensity"); found != layer.end())
    if (!found->is_null() || open("flops") || open("memory")) put(fields, "arithmetic_intensity", *found);
  for (const auto& [key, value] : fields.items())
    if (key != "attributes") columns.add(key);
  if (const auto attributes = fields.find("attributes"); attributes != fields.end())
    for (auto& [key, value] : attributes->items()) {
      columns.add("attributes." + key);
      if (value.is_array()) value = value.dump();  // "[2,2]": how many numbers it has says nothing
    }
}

/// A list whose entries name their operator adds its other members to that operator's row.
void ResultScope::State::add_analyses(const Json& analyses) {
  std::unordered_map<std::string, Row*> by_name;
  for (auto& row : rows) by_name.emplace(row.fields().value("name", ""), &row);
  for (const auto& [analysis, result] : analyses.items()) {
    if (!totals.contains(analysis)) totals[analysis] = result;
    for (const auto& [key, list] : result.items())
      if (list.is_array()) add_to_rows(list, by_name);
  }
}
void ResultScope::State::add_to_rows(const Json& list, const std::unordered_map<std::string, Row*>& by_name) {
  for (const auto& entry : list) {
    const auto name = entry.is_object() ? entry.value("operator", "") : std::string();
    const auto row = by_name.find(name);
    if (row == by_name.end()) continue;
    for (const auto& [member, value] : entry.items())
      if (!row->second->fields().contains(member)) row->second->fields()[member] = value, columns.add(member);
  }
}

/// Figures of targets, by target: time_s.h100, memory_bytes.h100; those of rows behind them.
void ResultScope::State::add_hardware(const Json& hardware) {
  for (const auto& target : hardware) {
    const auto id = target.value("id", "");
    for (const auto* figure : kOfTargets)
      if (target.contains(figure)) totals[figure][id] = target[figure];
    for (const auto* figure : {"time_s", "critical_path_s", "energy_j", "per_second"})
      if (const auto upper = target.find(figure + std::string("_upper")); upper != target.end())
        totals[figure][id + "_upper"] = *upper;
    if (const auto memory = target.find("memory_need"); memory != target.end()) add_memory(*memory, id);
    if (target.contains("layer_time_s")) add_rows_of(target, id);
  }
}
void ResultScope::State::add_memory(const Json& memory, const std::string& id) {
  const auto total = memory.value("total_bytes", Json());
  totals["memory_bytes"][id] = total;
  totals["memory_bytes"][id + "_upper"] = memory.value("total_bytes_upper", Json());
  totals["fits"][id] = memory.value("fits", Json());
}
void ResultScope::State::add_rows_of(const Json& target, const std::string& id) {
  const auto times = target.value("layer_time_s", Json::array()),
             bounds = target.value("layer_bound", Json::array());
  for (std::size_t i = 0; i < rows.size() && i < times.size(); ++i)
    put(rows[i].fields()["time_s"], id, times[i]);
  for (std::size_t i = 0; i < rows.size() && i < bounds.size(); ++i)
    rows[i].fields()["bound"][id] = bounds[i];
  for (const auto* column : {"time_s.", "bound."}) columns.add(column + id);
  columns.add("time_s." + id + "_upper");
}

bool is_of_target(std::string_view figure) {
  return std::ranges::find(kOfTargets, figure) != kOfTargets.end() ||
         std::ranges::find(kMadeOfTargets, figure) != kMadeOfTargets.end();
}

ResultScope::ResultScope(const Json& model) : state_(std::make_unique<State>(model)) {}
ResultScope::~ResultScope() = default;

Value ResultScope::field(std::string_view name) const {
  const auto* json = found(state_->totals, name);
  return json ? value_of(*json) : Value();
}
bool ResultScope::knows(std::string_view name) const { return found(state_->totals, name) != nullptr; }
std::vector<std::string> ResultScope::names() const {
  std::vector<std::string> out;
  add_names({}, state_->totals, out);
  return with_other_names(std::move(out));
}
std::size_t ResultScope::row_count() const { return state_->rows.size(); }
const FieldScope* ResultScope::row(std::size_t i) const { return &state_->rows[i]; }

}  // namespace alidade::host::query
