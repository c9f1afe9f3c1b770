#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "node.hpp"

namespace alidade::host {

/// What a key of the pipeline file takes.
enum class KeyKind : std::uint8_t {
  text,            ///< a string
  texts,           ///< a list of strings
  words,           ///< a string or a list of strings
  whole,           ///< a whole number
  number,          ///< a number that is not negative
  values,          ///< a list of whole numbers and texts
  flag,            ///< true or false
  texts_by_name,   ///< a table of strings
  wholes_by_name,  ///< a table of whole numbers: { batch = 8 }
  shapes_by_name,  ///< a table of lists of whole numbers, or of texts: { x = [1, 3], y = "1,128:int64" }
};
/// One key: enough to check it, to say what belongs there, and to put it into a schema.
struct KeyInfo {
  std::string name;
  KeyKind kind = KeyKind::text;
  std::string doc;
  std::string fallback = {};  ///< the default as TOML; empty: none
  bool required = false;
  std::int64_t low = std::numeric_limits<std::int64_t>::min(),
               high = std::numeric_limits<std::int64_t>::max();
};
/// A key of section T and where its checked value goes.
template <class T>
struct Key : KeyInfo {
  std::function<void(T&, const ConfigNode&)> store;
};

/// The keys of each section, once for reading, for `config --effective` and for the schema. T is Config,
/// ModelUse, Family, FrontendUse, Use, HardwareUse, LinkUse, PlacementUse, ReportUse, TestUse, AxisUse
/// (axis.hpp) or Limits.
template <class T>
[[nodiscard]] const std::vector<Key<T>>& keys();
template <>
const std::vector<Key<Config>>& keys<Config>();
template <>
const std::vector<Key<ModelUse>>& keys<ModelUse>();
template <>
const std::vector<Key<Family>>& keys<Family>();
template <>
const std::vector<Key<FrontendUse>>& keys<FrontendUse>();
template <>
const std::vector<Key<Use>>& keys<Use>();
template <>
const std::vector<Key<HardwareUse>>& keys<HardwareUse>();
template <>
const std::vector<Key<LinkUse>>& keys<LinkUse>();
template <>
const std::vector<Key<PlacementUse>>& keys<PlacementUse>();
template <>
const std::vector<Key<ReportUse>>& keys<ReportUse>();
template <>
const std::vector<Key<TestUse>>& keys<TestUse>();
template <>
const std::vector<Key<Limits>>& keys<Limits>();

template <class T>
[[nodiscard]] std::vector<KeyInfo> infos() {
  return {keys<T>().begin(), keys<T>().end()};
}
/// What a value of `bind` or of a shape may be.
inline constexpr std::int64_t kLeastDim = 0;
inline constexpr std::int64_t kMostBatch = std::int64_t{1} << 40;

/// Checks a value against its key; what does not fit becomes a mistake that names the section `where`.
[[nodiscard]] bool fits(const ConfigNode& node, const KeyInfo& key, const std::string& where,
                        std::vector<Mistake>& mistakes);

}  // namespace alidade::host
