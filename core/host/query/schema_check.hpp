#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace alidade::host::query {

/// Holds values against the definitions of a JSON Schema, as far as schema/result.schema.json goes: type,
/// enum, const, minimum, required, properties, additionalProperties, items, $ref, and oneOf of null and one
/// other. Members that the schema does not name are let be.
class SchemaCheck {
 public:
  using Json = nlohmann::ordered_json;
  using Finding = std::optional<std::string>;
  /// Whether members that a definition requires may be absent, as in what older versions wrote.
  enum class Absent : std::uint8_t { is_wrong, may_be };

  SchemaCheck(const Json& schema, Absent absent) : schema_(schema), absent_(absent) {}
  /// The first thing that does not fit, with its place, what is there and what was expected: "totals.macs is
  /// -1, expected a whole number of at least 0". `at` is the place of `value`, empty for the document.
  [[nodiscard]] Finding of(const std::string& definition, const Json& value, const std::string& at) const;
  /// Whether it is a number of 64 bits without a fraction, however it is written: 5, 5.0, 5e0.
  [[nodiscard]] static bool is_whole(const Json& value);

 private:
  /// The rule itself, or the definition that it is a link to.
  [[nodiscard]] const Json* resolved(const Json* rule) const;
  [[nodiscard]] static const Json* rule_of(const Json& rule, const std::string& key);
  [[nodiscard]] Finding check(const Json& rule, const Json& value, const std::string& at) const;
  [[nodiscard]] Finding check_members(const Json& rule, const Json& value, const std::string& at) const;
  [[nodiscard]] Finding check_items(const Json& rule, const Json& value, const std::string& at) const;
  /// "null or a whole number of at least 0"
  [[nodiscard]] std::string expected(const Json& rule) const;

  const Json& schema_;
  Absent absent_;
};

/// "layers[3].macs is "many", expected a number"
[[nodiscard]] std::string unlike(const std::string& at, const nlohmann::ordered_json& value,
                                 const std::string& expected);
/// A value as a sentence shows it: "an object", "a list", "-1".
[[nodiscard]] std::string shown(const nlohmann::ordered_json& value);

}  // namespace alidade::host::query
