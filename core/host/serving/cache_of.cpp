// Which inputs and outputs of a graph are its cache.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "phase.hpp"

namespace alidade::host::serving {
namespace {

using nlohmann::json;

CacheKind kind_named(const std::string& word) {
  const auto found = std::ranges::find(kCacheKinds, word, [](CacheKind kind) { return alidade::name(kind); });
  return found == kCacheKinds.end() ? CacheKind::full : *found;
}

ValueId at(std::span<const ValueId> values, const json& number) {
  if (!number.is_number_unsigned() || number.get<std::size_t>() >= values.size()) return {};
  return values[number.get<std::size_t>()];
}

/// "cache" of a capture's record: numbers of inputs and outputs.
std::vector<CacheTensor> recorded(const Graph& graph) {
  std::vector<CacheTensor> out;
  const auto record = json::parse(graph.attachment("capture"), nullptr, false);
  if (!record.is_object() || !record.contains("cache") || !record["cache"].is_array()) return out;
  for (const auto& tensor : record["cache"]) {
    if (!tensor.is_object()) continue;
    CacheTensor one;
    one.kind = kind_named(tensor.value("kind", "full"));
    one.input = at(graph.inputs(), tensor.value("input", json()));
    one.output = at(graph.outputs(), tensor.value("output", json()));
    if (const auto axis = tensor.value("axis", json()); axis.is_number_integer()) one.axis = axis.get<int>();
    one.window = tensor.value("window", std::uint64_t{0});
    if (one.output.valid()) out.push_back(one);
  }
  return out;
}

/// What is left of "past_key_values.3.key" or "present.3.key" behind the first part; empty for other names.
std::string_view place_in_cache(std::string_view name, std::span<const std::string_view> firsts) {
  for (const auto first : firsts)
    if (name.starts_with(first) && name.size() > first.size()) return name.substr(first.size());
  return {};
}

/// The axis of tokens: the one whose size is open, behind the batch.
int axis_of(const Graph& graph, ValueId v) {
  const auto type = graph.type(v);
  for (std::size_t d = type.rank(); d-- > 1;)
    if (!type.dims[d].is_known()) return static_cast<int>(d);
  return type.rank() > 2 ? 2 : 0;
}

std::vector<CacheTensor> by_names(const Graph& graph) {
  static constexpr std::array<std::string_view, 3> kPast{"past_key_values.", "past.", "past_"};
  static constexpr std::array<std::string_view, 3> kPresent{"present_key_values.", "present.", "present_"};
  std::vector<CacheTensor> out;
  for (const ValueId input : graph.inputs()) {
    const auto place = place_in_cache(graph.name(input), kPast);
    if (place.empty()) continue;
    for (const ValueId output : graph.outputs())
      if (place_in_cache(graph.name(output), kPresent) == place)
        out.push_back({CacheKind::full, input, output, axis_of(graph, input), 0});
  }
  return out;
}

}  // namespace

std::vector<CacheTensor> cache_of(const Graph& graph) {
  auto out = recorded(graph);
  return out.empty() ? by_names(graph) : out;
}

}  // namespace alidade::host::serving
