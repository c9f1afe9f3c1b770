#pragma once
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

// Two reports of one model, one of which knows more: what differs has to be marked in the other.
namespace alidade::tests {

/// Walks the report of a model of which something is not known beside one in which it is. Every number of the
/// first is an interval: from X to X_upper, which is without a bound where that is null, and X where there is
/// none. The number of the second lies inside. A null says that nothing is known.
class MarkCheck {
 public:
  using Json = nlohmann::json;

  /// The figures that say too little, each with both values.
  static std::vector<std::string> faults(const Json& open, const Json& bound, bool of_branches = false) {
    MarkCheck check;
    check.of_branches_ = of_branches;
    check.object(open, bound, "");
    return {check.faults_.begin(), check.faults_.end()};
  }

 private:
  /// Counts of what is not known, and places in lists and in memory: they are no figures of the model. The
  /// band of an estimate is of the kernels that have a price.
  static bool is_figure(const std::string& key) {
    static const std::set<std::string> kOthers{"opaque_ops",   "unknown_ops",
                                               "unsized_ops",  "operators_of_unknown_size",
                                               "nodes",        "version",
                                               "peak_step",    "offset_bytes",
                                               "group",        "step",
                                               "stage",        "first_step",
                                               "last_step",    "result_dimension",
                                               "unpriced_ops", "band"};
    return !kOthers.contains(key);
  }
  /// Lists of what is not known, and those that show some of many: they are not the same rows.
  static bool is_listing(const std::string& key) {
    static const std::set<std::string> kOthers{
        "opaque", "warnings", "live_at_peak", "near_misses", "critical_path",      "kernels",
        "inputs", "outputs",  "shape",        "operands",    "operand_dimensions", "schedule"};
    return kOthers.contains(key);
  }
  /// Of several branches each is in the schedule, there is room for the one that needs most, and the
  /// constants of all are worked on when the model is loaded.
  static bool is_of_all_branches(const std::string& key) {
    static const std::set<std::string> kOf{"timeline",    "plan",        "live_at_peak_by_module",
                                           "arena_bytes", "reordered",   "fragmentation",
                                           "kept_bytes",  "memory_need", "folded_operators"};
    return kOf.contains(key);
  }
  /// The member that says what a row is about.
  static std::string identity_key(const Json& row) {
    if (row.contains("operators") && row["operators"].is_array())
      return "operators";  // a group is what it holds
    for (const auto* key :
         {"stage", "step", "name", "path", "operator", "tensor", "type", "axis", "flops_per_byte", "bound",
          "pattern", "reason", "threads", "module", "id", "operators", "width"})
      if (row.contains(key)) return key;
    return {};
  }
  static std::string identity(const Json& row) {
    const auto key = identity_key(row);
    return key.empty() ? key : row[key].dump();
  }

  void object(const Json& open, const Json& bound, const std::string& path, const std::string& but = {}) {
    for (const auto& [key, value] : open.items()) {
      if (key.ends_with("_upper") || !is_figure(key) || key == but) continue;
      const auto here = path + "/" + key;
      if (of_branches_ && is_of_all_branches(key)) continue;
      const auto other = bound.is_object() && bound.contains(key) ? bound[key] : Json();
      if (is_open_listing(open, key)) continue;
      if (value.is_number())
        number(value.get<double>(), upper(open, key, value.get<double>()),
               other.is_number() ? other.get<double>() : 0, here);
      else if (value.is_object() && other.is_object())
        object(value, other, here);
      else if (value.is_array() && !is_listing(key))
        rows(value, other, here);
    }
  }
  /// Which groups there are depends on what is not known: those of a plan are examples.
  static bool is_open_listing(const Json& object, const std::string& key) {
    if (key == "widths") return object["units"].is_null();
    return object.value("groups_depend_on_unknown_sizes", false) &&
           (key == "patterns" || key == "sizes" || key == "boundaries");
  }
  static double upper(const Json& open, const std::string& key, double least) {
    const auto most = open.find(key + "_upper");
    if (most == open.end()) return least;
    return most->is_null() ? std::numeric_limits<double>::infinity() : most->get<double>();
  }
  void number(double least, double most, double is, const std::string& path) {
    const double slack = 1e-9 * std::max(std::abs(is), std::abs(least));
    if (is >= least - slack && is <= most + slack) return;
    faults_.insert(path + " is " + Json(least).dump() +
                   (most == least ? "" : " to " + (most > 1e300 ? "any" : Json(most).dump())) +
                   ", and comes to " + Json(is).dump());
  }
  /// A row that the other has not is nothing there; operators of a branch that is not taken are not in it.
  void rows(const Json& open, const Json& bound, const std::string& path) {
    if (!open.empty() && !open[0].is_object()) return plain(open, bound, path);
    for (const auto& row : open) {
      const auto other = std::ranges::find_if(
          bound, [&](const Json& candidate) { return identity(candidate) == identity(row); });
      const auto here = path + "[" + identity(row) + "]";
      if (other != bound.end())
        object(row, *other, here, identity_key(row));
      else if (is_sum(path) && identity(row) != "\"unknown\"")
        object(row, Json::object(), here, identity_key(row));
    }
    for (const auto& row : bound)
      if (is_sum(path) && std::ranges::none_of(open, [&](const Json& candidate) {
            return identity(candidate) == identity(row);
          }))
        faults_.insert(path + "[" + identity(row) + "] is in no row");
  }
  /// Lists whose rows add up to the whole.
  static bool is_sum(const std::string& path) {
    for (const auto* list : {"/distribution", "/bands", "/bounds", "/patterns", "/sizes", "/boundaries",
                             "/widths", "/histogram", "/by_axis"})
      if (path.ends_with(list)) return true;
    return false;
  }
  void plain(const Json& open, const Json& bound, const std::string& path) {
    for (std::size_t i = 0; i < open.size() && i < bound.size() && open.size() == bound.size(); ++i)
      if (open[i].is_number() && bound[i].is_number())
        number(open[i].get<double>(), open[i].get<double>(), bound[i].get<double>(), path);
  }

  bool of_branches_ = false;
  std::set<std::string> faults_;
};

}  // namespace alidade::tests
