#include "host/query/match.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::string text(const Json& layer, const char* key) {
  const auto found = layer.find(key);
  if (found == layer.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}
double figure(const Json& layer, const char* key) {
  const auto found = layer.find(key);
  return found != layer.end() && found->is_number() ? found->get<double>() : 0;
}

/// Nothing where it may be more than the document says.
std::optional<double> known(const Json& layer, const std::string& key) {
  const auto upper = layer.find(key + "_upper");
  const bool exact = upper == layer.end() || *upper == layer.value(key, Json());
  return exact ? std::optional(figure(layer, key.c_str())) : std::nullopt;
}
std::optional<double> less(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(*a - *b) : std::nullopt;
}

class Matching {
 public:
  Matching(const Json& before, const Json& after)
      : before_(before), after_(after), to_(before.size(), kNone), from_(after.size(), kNone) {}

  Matched all() {
    by_name();
    by_neighbourhood();
    mark_moved();
    Matched out;
    for (std::size_t i = 0, j = 0; j < after_.size(); ++j) {
      for (; from_[j] != kNone && i < from_[j]; ++i) remove(i, out);
      write(j, out);
    }
    for (std::size_t i = 0; i < before_.size(); ++i) remove(i, out);
    return out;
  }

 private:
  void join(std::size_t i, std::size_t j) { to_[i] = j, from_[j] = i; }

  void by_name() {
    std::unordered_map<std::string, std::size_t> names;
    for (std::size_t i = 0; i < before_.size(); ++i) names.emplace(text(before_[i], "name"), i);
    for (std::size_t j = 0; j < after_.size(); ++j) {
      const auto found = names.find(text(after_[j], "name"));
      if (found != names.end() && to_[found->second] == kNone) join(found->second, j);
    }
  }

  /// Operators without a partner between two that have one, on either side: of one kind and shape, in order.
  void by_neighbourhood() {
    std::size_t i = 0;
    for (std::size_t j = 0; j < after_.size(); ++j) {
      if (from_[j] != kNone) {
        i = from_[j] + 1;
        continue;
      }
      for (std::size_t k = i; k < before_.size() && to_[k] == kNone; ++k)
        if (kind(before_[k]) == kind(after_[j])) {
          join(k, j), i = k + 1;
          break;
        }
    }
  }
  static std::string kind(const Json& layer) { return text(layer, "type") + text(layer, "shape"); }

  /// Those outside of the longest run of partners that keep their order.
  void mark_moved() {
    std::vector<std::size_t> tails, tail_at, previous(after_.size(), kNone);
    for (std::size_t j = 0; j < after_.size(); ++j) {
      if (from_[j] == kNone) continue;
      const auto at = std::ranges::lower_bound(tails, from_[j]) - tails.begin();
      if (static_cast<std::size_t>(at) == tails.size()) tails.emplace_back(), tail_at.emplace_back();
      tails[static_cast<std::size_t>(at)] = from_[j], tail_at[static_cast<std::size_t>(at)] = j;
      if (at > 0) previous[j] = tail_at[static_cast<std::size_t>(at) - 1];
    }
    in_order_.assign(after_.size(), false);
    for (auto j = tail_at.empty() ? kNone : tail_at.back(); j != kNone; j = previous[j]) in_order_[j] = true;
  }

  void remove(std::size_t i, Matched& out) {
    if (to_[i] != kNone || reported_[i]) return;
    reported_[i] = true;
    const auto& layer = before_[i];
    out.changes.push_back({Change::removed,
                           text(layer, "name"),
                           {},
                           text(layer, "type"),
                           {},
                           less(0.0, known(layer, "macs")),
                           less(0.0, known(layer, "memory"))});
  }
  void write(std::size_t j, Matched& out) {
    const auto& now = after_[j];
    OperatorChange change{Change::added,       {}, text(now, "name"),
                          text(now, "type"),   {}, known(now, "macs"),
                          known(now, "memory")};
    if (from_[j] != kNone) {
      const auto& then = before_[from_[j]];
      change.before = text(then, "name");
      change.macs = less(change.macs, known(then, "macs"));
      change.bytes = less(change.bytes, known(then, "memory"));
      change.what = differences(then, now);
      if (change.what.empty() && change.before == change.after && in_order_[j]) return void(++out.same);
      change.change = !change.what.empty()            ? Change::changed
                      : change.before != change.after ? Change::renamed
                                                      : Change::moved;
    }
    out.changes.push_back(std::move(change));
  }
  static std::string differences(const Json& then, const Json& now) {
    std::string out;
    const bool exact = text(then, "certainty") == "exact" && text(now, "certainty") == "exact";
    for (const auto* key : {"type", "shape", "dtype", "macs", "params", "memory", "certainty", "flops_upper"})
      if (text(then, key) != text(now, key) && !(exact && key == std::string_view("flops_upper")))
        out += (out.empty() ? "" : ", ") + std::string(key) + " " + text(then, key) + " -> " + text(now, key);
    return out;
  }

  const Json &before_, &after_;
  std::vector<std::size_t> to_, from_;
  std::vector<bool> in_order_;
  std::map<std::size_t, bool> reported_;
};

}  // namespace

Matched match(const Json& before, const Json& after) { return Matching(before, after).all(); }

}  // namespace alidade::host::query
