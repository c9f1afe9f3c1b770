#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config.hpp"

namespace alidade::host {

/// A date or time as written: TOML has them, no key of ours takes one.
struct Date {
  std::string text;
};

/// One value of a TOML file with its place; owns what is below it. Members stand in the order of writing.
struct ConfigNode {
  struct Member;
  using List = std::vector<ConfigNode>;
  using Table = std::vector<Member>;
  std::variant<bool, std::int64_t, double, std::string, Date, List, Table> value;
  Place place;

  ConfigNode() = default;
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, ConfigNode>)
  ConfigNode(T v, Place p) : value(std::move(v)), place(std::move(p)) {}

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&value);
  }
  template <class T>
  [[nodiscard]] T* as() {
    return std::get_if<T>(&value);
  }
  [[nodiscard]] const ConfigNode* find(std::string_view key) const;
  [[nodiscard]] ConfigNode* find(std::string_view key);
  /// The string under `key`, or nothing.
  [[nodiscard]] const std::string* text(std::string_view key) const;
};
struct ConfigNode::Member {
  std::string key;
  Place place;
  ConfigNode node;
};

/// The value as a message shows it: "abc", 3, true, a list, a table, a date.
[[nodiscard]] std::string found(const ConfigNode& node);
/// The value as TOML on one line.
[[nodiscard]] std::string to_toml(const ConfigNode& node);
/// A key as TOML: bare where it may be, quoted where it must.
[[nodiscard]] std::string key_to_toml(std::string_view key);

}  // namespace alidade::host
