#include "axis.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "alidade/base/text.hpp"
#include "alidade/sdk/lowering.hpp"
#include "alidade/sdk/precision.hpp"
#include "input_shape.hpp"
#include "precision_names.hpp"

namespace alidade::host {
namespace {

std::string with_our_name(const std::string& key, std::string value) {
  return key == "precision" ? std::string(our_precision(value)) : value;
}

Located<std::string> value_of(const ConfigNode& node) {
  if (const auto* whole = node.as<std::int64_t>()) return {std::to_string(*whole), node.place};
  if (const auto* real = node.as<double>()) return {text::number(*real), node.place};
  return {*node.as<std::string>(), node.place};
}

template <class T, std::size_t N>
std::vector<std::string> names(const std::array<T, N>& all) {
  std::vector<std::string> out;
  for (const T each : all) out.emplace_back(name(each));
  return out;
}

/// The words that an axis takes; none where it takes numbers, or names of devices.
std::vector<std::string> words_of(const std::string& axis) {
  if (axis == "precision") return names(kPrecisions);
  if (axis == "backend") return names(kBackends);
  return axis == "layout" ? names(kLayouts) : std::vector<std::string>();
}

void check_key(const AxisUse& axis, std::vector<Mistake>& mistakes) {
  static const std::vector<std::string> known{"batch",   "bind.NAME", "on",         "precision",
                                              "backend", "layout",    "figure.NAME"};
  const auto& key = axis.key.value;
  const bool named = axis.binds() ? !axis.symbol().empty() : axis.is_figure() && !axis.figure().empty();
  const bool pattern = key == "bind.NAME" || key == "figure.NAME";
  if (!pattern && (named || std::ranges::find(known, key) != known.end())) return;
  mistakes.push_back({axis.key.place,
                      "there is no axis " + text::quoted(key) + text::did_you_mean(key, known),
                      "axes: " + text::join(known, ", ")});
}

/// A sentence about a value that is none of its kind; nothing where it is one.
std::optional<Mistake> wrong_value(const AxisUse& axis, const Located<std::string>& value) {
  const auto& key = axis.key.value;
  const auto found = ", found " + text::quoted(value.value);
  if (axis.is_of_sizes()) {
    const std::int64_t least = axis.binds() ? kLeastDim : 1;
    const auto size = read_size(value.value);
    if (size && *size >= least && *size <= kMostBatch) return std::nullopt;
    return Mistake{value.place,
                   "the axis " + text::quoted(key) + " takes whole numbers from " + std::to_string(least) +
                       " to " + std::to_string(kMostBatch) + found,
                   {}};
  }
  if (axis.is_figure()) {
    if (read_figure(value.value)) return std::nullopt;
    return Mistake{value.place, "the axis " + text::quoted(key) + " takes numbers" + found, {}};
  }
  const auto words = words_of(key);
  if (words.empty() || std::ranges::find(words, value.value) != words.end()) return std::nullopt;
  return Mistake{value.place,
                 "the axis " + text::quoted(key) + " takes one of " + text::join(words, ", ") + found +
                     text::did_you_mean(value.value, words),
                 {}};
}

void check_values(const AxisUse& axis, std::vector<Mistake>& mistakes) {
  const auto name = "the axis " + text::quoted(axis.key.value);
  if (axis.values.empty())
    mistakes.push_back({axis.place, name + " has no values", "give it one or more, as in batch=1,8,64"});
  std::set<std::string> seen;
  for (const auto& value : axis.values) {
    if (auto wrong = wrong_value(axis, value))
      mistakes.push_back(std::move(*wrong));
    else if (!seen.insert(value.value).second)
      mistakes.push_back(
          {value.place, name + " has the value " + text::quoted(value.value) + " twice", "give it once"});
  }
}

}  // namespace

std::optional<double> read_figure(std::string_view written) {
  double out = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), out);
  const bool whole_text = error == std::errc() && end == written.data() + written.size();
  return whole_text && std::isfinite(out) ? std::optional(out) : std::nullopt;
}

template <>
const std::vector<Key<AxisUse>>& keys<AxisUse>() {
  static const std::vector<Key<AxisUse>> all = {
      {{"key",
        KeyKind::text,
        "what a sweep varies: batch, bind.NAME, on, precision, backend, layout or figure.NAME",
        {},
        true},
       [](AxisUse& a, const ConfigNode& n) { a.key = value_of(n); }},
      {{"values", KeyKind::values, "what it is in turn: [1, 8, 64], [\"bf16\", \"i8\"]", {}, true},
       [](AxisUse& a, const ConfigNode& n) {
         for (const auto& item : *n.as<ConfigNode::List>()) a.values.push_back(value_of(item));
       }},
  };
  return all;
}

std::vector<AxisUse> axes_in(const ConfigNode& pipeline) {
  std::vector<AxisUse> out;
  const auto* node = pipeline.find("axis");
  const auto* list = node ? node->as<ConfigNode::List>() : nullptr;
  for (const auto& entry : list ? *list : ConfigNode::List()) {
    AxisUse axis;
    axis.place = entry.place;
    std::vector<Mistake> told;  // where the file was read
    for (const auto& key : keys<AxisUse>())
      if (const auto* value = entry.as<ConfigNode::Table>() ? entry.find(key.name) : nullptr)
        if (fits(*value, key, {}, told)) key.store(axis, *value);
    for (auto& value : axis.values) value.value = with_our_name(axis.key.value, value.value);
    if (told.empty() && !axis.key.value.empty() && entry.find("values")) out.push_back(std::move(axis));
  }
  return out;
}

std::optional<AxisUse> read_axis(const std::string& flag, std::vector<Mistake>& mistakes) {
  const Place place{"--axis", 0, 0, Origin::flag};
  const auto equals = flag.find('=');
  if (equals == flag.npos || equals == 0) {
    mistakes.push_back({place, "expected KEY=VALUE,VALUE, found " + text::quoted(flag),
                        "for example --axis batch=1,8,64 or --axis on=h100_sxm,l4"});
    return std::nullopt;
  }
  AxisUse axis{{flag.substr(0, equals), place}, {}, place};
  if (equals + 1 < flag.size())
    for (auto& value : text::split(std::string_view(flag).substr(equals + 1), ','))
      axis.values.push_back({with_our_name(axis.key.value, std::move(value)), place});
  return axis;
}

void check_axes(std::span<const AxisUse> axes, std::vector<Mistake>& mistakes) {
  std::set<std::string> keys;
  for (const auto& axis : axes) {
    check_key(axis, mistakes), check_values(axis, mistakes);
    if (!keys.insert(axis.key.value).second)
      mistakes.push_back({axis.key.place, "the axis " + text::quoted(axis.key.value) + " is given twice",
                          "give all of its values in one list"});
  }
}

}  // namespace alidade::host
