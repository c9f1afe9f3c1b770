#include "host/query/schema_check.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <vector>

#include "alidade/base/text.hpp"

namespace alidade::host::query {
namespace {

using Json = SchemaCheck::Json;
using Finding = SchemaCheck::Finding;

bool is_of(const std::string& type, const Json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return SchemaCheck::is_whole(value);
  return type == "number" ? value.is_number() : value.is_null();
}

/// The types of a rule, null first; one may stand alone.
std::vector<std::string> types_of(const Json& rule) {
  const auto type = rule.find("type");
  if (type == rule.end()) return {};
  if (type->is_string()) return {type->get<std::string>()};
  auto types = type->get<std::vector<std::string>>();
  std::ranges::stable_partition(types, [](const auto& name) { return name == "null"; });
  return types;
}

std::string in_words(const std::string& type) {
  static const std::map<std::string, std::string> kWords{
      {"object", "an object"},      {"array", "a list"}, {"string", "a text"},
      {"boolean", "true or false"}, {"null", "null"},    {"integer", "a whole number"},
      {"number", "a number"}};
  return kWords.at(type);
}

std::string written(const Json& value) {
  return text::printable(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// "a, b or c"
std::string one_of(const std::vector<std::string>& words) {
  const auto last = words.size() - 1;
  return (last == 0 ? "" : text::join(std::span(words).first(last), ", ") + " or ") + words[last];
}

bool among(const Json& list, const Json& value) {
  return std::ranges::any_of(list, [&](const Json& one) { return one == value; });
}

}  // namespace

std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  return value.is_array() ? "a list" : written(value);
}

std::string unlike(const std::string& at, const Json& value, const std::string& expected) {
  return text::printable(at) + " is " + shown(value) + ", expected " + expected;
}

bool SchemaCheck::is_whole(const Json& value) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (!value.is_number()) return false;
  const auto real = value.get<double>();
  return value.is_number_float() ? std::trunc(real) == real && std::abs(real) < kEnd
                                 : !value.is_number_unsigned() || value.get<std::uint64_t>() >> 63 == 0;
}

const Json* SchemaCheck::resolved(const Json* rule) const {
  const auto link = rule->find("$ref");
  if (link == rule->end()) return rule;
  const auto path = link->get<std::string>();
  return &schema_.at("definitions").at(path.substr(path.rfind('/') + 1));
}

std::string SchemaCheck::expected(const Json& written_rule) const {
  const Json& rule = *resolved(&written_rule);
  if (const auto either = rule.find("oneOf"); either != rule.end()) {
    std::vector<std::string> words;
    for (const auto& one : *either) words.push_back(expected(one));
    return one_of(words);
  }
  std::vector<std::string> words;
  for (const auto& one : rule.value("enum", Json::array())) words.push_back(written(one));
  if (const auto only = rule.find("const"); only != rule.end()) words.push_back(written(*only));
  for (const auto& type : types_of(rule)) words.push_back(in_words(type));
  if (const auto least = rule.find("minimum"); least != rule.end())
    words.back() += " of at least " + written(*least);
  return words.empty() ? "anything else" : one_of(words);
}

Finding SchemaCheck::of(const std::string& definition, const Json& value, const std::string& at) const {
  return check(schema_.at("definitions").at(definition), value, at);
}

Finding SchemaCheck::check(const Json& written_rule, const Json& value, const std::string& at) const {
  const Json& rule = *resolved(&written_rule);
  if (const auto either = rule.find("oneOf"); either != rule.end()) {  // null or something else
    if (value.is_null()) return {};
    const auto& other = *resolved(&either->back());
    const auto types = types_of(other);
    if (std::ranges::none_of(types, [&](const auto& type) { return is_of(type, value); }))
      return unlike(at, value, expected(rule));
    return check(other, value, at);
  }
  const auto types = types_of(rule);
  const bool fits =
      types.empty() || std::ranges::any_of(types, [&](const auto& type) { return is_of(type, value); });
  const bool low = value.is_number() && rule.contains("minimum") && value < rule["minimum"];
  const bool other = (rule.contains("enum") && !among(rule["enum"], value)) ||
                     (rule.contains("const") && rule["const"] != value);
  if (!fits || low || other) return unlike(at, value, expected(rule));
  return value.is_object()  ? check_members(rule, value, at)
         : value.is_array() ? check_items(rule, value, at)
                            : Finding();
}

/// What a member of that name has to be: by its name, or by a pattern that its name has.
const Json* SchemaCheck::rule_of(const Json& rule, const std::string& key) {
  if (const auto all = rule.find("properties"); all != rule.end())
    if (const auto found = all->find(key); found != all->end()) return &*found;
  if (const auto all = rule.find("patternProperties"); all != rule.end())
    for (auto one = all->begin(); one != all->end(); ++one)
      if (std::regex_search(key, std::regex(one.key()))) return &*one;
  return nullptr;
}

Finding SchemaCheck::check_members(const Json& rule, const Json& value, const std::string& at) const {
  const auto above = at.empty() ? at : at + ".";
  const auto properties = rule.value("properties", Json::object());
  const auto others = rule.find("additionalProperties");
  const bool checks_others = others != rule.end() && others->is_object();
  for (const auto& [key, member] : value.items()) {
    const Json* named = rule_of(rule, key);
    if (!named && !checks_others) continue;
    if (auto found = check(named ? *named : *others, member, above + key)) return found;
  }
  for (const auto& key : rule.value("required", std::vector<std::string>()))
    if (absent_ == Absent::is_wrong && !value.contains(key)) {
      const auto property = properties.find(key);
      return text::printable(above + key) + " is missing" +
             (property == properties.end() ? "" : ", expected " + expected(*property));
    }
  return {};
}

Finding SchemaCheck::check_items(const Json& rule, const Json& value, const std::string& at) const {
  const auto item = rule.find("items");
  for (std::size_t i = 0; item != rule.end() && i < value.size(); ++i)
    if (auto found = check(*item, value[i], at + "[" + std::to_string(i) + "]")) return found;
  return {};
}

}  // namespace alidade::host::query
