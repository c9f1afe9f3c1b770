#include "summary/group.hpp"

#include <algorithm>
#include <array>

namespace alidade::page {
namespace {

/// The figures of a layer that can be summed; each has an upper bound beside it.
constexpr std::array kFigures{"flops",   "memory",      "macs",         "params",
                              "counted", "input_bytes", "output_bytes", "weight_bytes"};

std::string upper(std::string_view figure) { return std::string(figure) + "_upper"; }

/// A figure of a layer; older results have no upper bound beside some.
Sum sum_of(const Json& layer, std::string_view figure) {
  const auto least = layer.value(figure, Json());
  if (!least.is_number()) return {0, std::nullopt};
  const auto most = layer.value(upper(figure), least);
  return {least.get<std::uint64_t>(),
          most.is_number() ? std::optional(most.get<std::uint64_t>()) : std::nullopt};
}

void add_to(Sum& sum, const Sum& more) {
  sum.least += more.least;
  if (sum.most && more.most)
    *sum.most += *more.most;
  else
    sum.most.reset();
}

Json number_or_null(const std::optional<std::uint64_t>& value) { return value ? Json(*value) : Json(); }

/// A module's path without what is deeper than `depth`.
std::string cut(const std::string& module, std::size_t depth) {
  if (depth == 0) return {};
  std::size_t end = module.find('.');
  for (std::size_t level = 1; level < depth && end != std::string::npos; ++level)
    end = module.find('.', end + 1);
  return module.substr(0, end);
}

std::string key_of(const std::string& module, const std::string& type) { return module + '\n' + type; }

std::size_t hash_of(const Json& name) {
  return std::hash<std::string_view>()(name.get_ref<const std::string&>());
}

/// How deep modules may be told apart so that there are no more than `most` groups.
std::size_t deepest(const std::vector<Group>& groups, std::size_t most) {
  std::size_t depth = 0;
  for (const auto& group : groups)
    depth = std::max(depth, static_cast<std::size_t>(std::ranges::count(group.module, '.')) + 1);
  for (; depth > 0; --depth) {
    std::set<std::string> keys;
    for (const auto& group : groups) keys.insert(key_of(cut(group.module, depth), group.type));
    if (keys.size() <= most) break;
  }
  return depth;
}

/// Figures that are of one operator, and of a group are those of its first or nothing.
void clear_what_differs(Json& layer) {
  for (const auto* key : {"shape", "stated_by", "source"}) layer[key] = nullptr;
  layer["dtype"] = "", layer["runs"] = 1, layer["runs_upper"] = 1, layer.erase("attributes");
}

}  // namespace

void Group::add(const Json& layer) {
  if (count++ == 0) first = layer;
  figures.resize(kFigures.size());
  for (std::size_t i = 0; i < kFigures.size(); ++i) add_to(figures[i], sum_of(layer, kFigures[i]));
  conditional |= layer.value("conditional", false);
  folded &= layer.value("folded", false);
  if (const auto said = layer.value("certainty", "exact"); said != "exact") certainty = said;
}

void Group::merge(const Group& other) {
  if (count == 0) first = other.first;
  count += other.count;
  figures.resize(kFigures.size());
  for (std::size_t i = 0; i < kFigures.size(); ++i) add_to(figures[i], other.figures[i]);
  conditional |= other.conditional, folded &= other.folded;
  if (other.certainty != "exact") certainty = other.certainty;
}

std::string Group::name() const {
  if (count == 1) return first.value("name", "");
  return (module.empty() ? "" : module + "/") + type + " (" + std::to_string(count) + ")";
}

Json Group::layer(std::uint32_t place) const {
  Json out = first;
  if (count > 1) clear_what_differs(out);
  out["name"] = name(), out["module"] = module, out["stands_for"] = count;
  for (std::size_t i = 0; i < kFigures.size(); ++i)
    out[kFigures[i]] = figures[i].least, out[upper(kFigures[i])] = number_or_null(figures[i].most);
  const double bytes = out["memory"];
  out["arithmetic_intensity"] = bytes > 0 ? Json(out["flops"].get<double>() / bytes) : Json();
  out["certainty"] = certainty, out["conditional"] = conditional, out["folded"] = folded;
  out["outputs"] = Json::array({"group " + std::to_string(place)});
  out["operands"] = Json::array();
  for (const auto from : reads) out["operands"].push_back("group " + std::to_string(from));
  return out;
}

std::uint32_t Groups::place(const std::string& module, const std::string& type) {
  const auto [found, is_new] = places_.emplace(key_of(module, type), groups_.size());
  if (is_new) groups_.push_back({module, type});
  return found->second;
}

void Groups::add(const Json& layer) {
  if (groups_.size() > 2 * most_) settle();
  const auto at = place(cut(layer.value("module", ""), depth_), layer.value("type", ""));
  groups_[at].add(layer);
  of_layer_.push_back(at);
  operators_.emplace(hash_of(layer.at("name")), at);
  for (const auto& operand : layer.value("operands", Json::array()))
    if (const auto maker = operand.is_string() ? makers_.find(hash_of(operand)) : makers_.end();
        maker != makers_.end() && maker->second != at)
      groups_[at].reads.insert(maker->second);
  for (const auto& output : layer.value("outputs", Json::array())) makers_[hash_of(output)] = at;
}

void Groups::settle() {
  depth_ = std::min(depth_, deepest(groups_, most_));
  auto fine = std::move(groups_);
  groups_.clear(), places_.clear();
  std::vector<std::uint32_t> to;
  for (const auto& group : fine) {
    const auto at = place(cut(group.module, depth_), group.type);
    groups_[at].merge(group), to.push_back(at);
  }
  for (std::size_t i = 0; i < fine.size(); ++i)
    for (const auto from : fine[i].reads)
      if (to[from] != to[i]) groups_[to[i]].reads.insert(to[from]);
  for (auto& at : of_layer_) at = to[at];
  for (auto* places : {&operators_, &makers_})
    for (auto& [hash, at] : *places) at = to[at];
}

Json Groups::layers() const {
  auto out = Json::array();
  for (std::uint32_t i = 0; i < groups_.size(); ++i) out.push_back(groups_[i].layer(i));
  return out;
}

Json Groups::sums(const Json& of_layers) const {
  auto out = Json::array();
  for (std::size_t i = 0; i < groups_.size(); ++i) out.push_back(0.0);
  for (std::size_t i = 0; i < std::min(of_layers.size(), of_layer_.size()); ++i) {
    auto& sum = out[of_layer_[i]];
    const auto& more = of_layers[i];
    sum = more.is_number() && sum.is_number() ? Json(sum.get<double>() + more.get<double>()) : Json();
  }
  return out;
}

Json Groups::heaviest(const Json& words, const Json& of_layers) const {
  std::vector<double> most(groups_.size(), -1);
  auto out = Json::array();
  for (std::size_t i = 0; i < groups_.size(); ++i) out.push_back("");
  for (std::size_t i = 0; i < std::min({words.size(), of_layers.size(), of_layer_.size()}); ++i) {
    const double time = of_layers[i].is_number() ? of_layers[i].get<double>() : 0;
    if (time <= most[of_layer_[i]]) continue;
    most[of_layer_[i]] = time, out[of_layer_[i]] = words[i];
  }
  return out;
}

Json Groups::names(const Json& operators) const {
  std::set<std::uint32_t> places;
  for (const auto& name : operators)
    if (const auto found = operators_.find(hash_of(name)); found != operators_.end())
      places.insert(found->second);
  auto out = Json::array();
  for (const auto at : places) out.push_back(groups_[at].name());
  return out;
}

}  // namespace alidade::page
