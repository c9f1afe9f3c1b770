#include "alidade/base/text.hpp"
#include "input_shape.hpp"
#include "keys.hpp"

namespace alidade::host {
namespace {

constexpr double kMostNumber = 1e18;

/// Checks one value; keeps what a mistake needs to say.
class Check {
 public:
  Check(const KeyInfo& key, const std::string& where, std::vector<Mistake>& mistakes)
      : key_(key), where_(where), mistakes_(mistakes) {}

  bool fits(const ConfigNode& node) {
    switch (key_.kind) {
      case KeyKind::text:
        return text(node);
      case KeyKind::texts:
        return list(node, "a list of strings", &Check::text);
      case KeyKind::words:
        return node.as<std::string>() || list(node, "a string or a list of strings", &Check::text);
      case KeyKind::whole:
        return whole(node);
      case KeyKind::number:
        return number(node);
      case KeyKind::values:
        return list(node, "a list of numbers or of strings", &Check::word_or_number);
      case KeyKind::flag:
        return node.as<bool>() || say(node, "true or false");
      case KeyKind::texts_by_name:
        return table(node, "a table of strings", &Check::text);
      case KeyKind::wholes_by_name:
        return table(node, "a table of whole numbers", &Check::whole);
      case KeyKind::shapes_by_name:
        return table(node, "a table of shapes", &Check::shape);
    }
    return false;
  }

 private:
  using Each = bool (Check::*)(const ConfigNode&);

  bool text(const ConfigNode& node) {
    const auto* value = node.as<std::string>();
    if (!value) return say(node, "a string");
    return !key_.required || !value->empty() || say(node, "a string that is not empty");
  }
  bool whole(const ConfigNode& node) {
    const auto* value = node.as<std::int64_t>();
    if (!value) return say(node, "a whole number");
    if (*value >= key_.low && *value <= key_.high) return true;
    const bool bounded = key_.high != KeyInfo{}.high;
    const auto range = bounded ? "from " + std::to_string(key_.low) + " to " + std::to_string(key_.high)
                               : "of at least " + std::to_string(key_.low);
    return say(node, "a whole number " + range);
  }
  bool number(const ConfigNode& node) {
    const auto* real = node.as<double>();
    const auto* whole = node.as<std::int64_t>();
    const bool good = (real && *real >= 0 && *real < kMostNumber) || (whole && *whole >= 0);
    return good || say(node, "a number of at least 0");
  }
  bool word_or_number(const ConfigNode& node) {
    return node.as<std::string>() || node.as<std::int64_t>() || node.as<double>() ||
           say(node, "numbers and strings");
  }
  bool shape(const ConfigNode& node) {
    static constexpr std::string_view kShape = "a shape like [1, 3, 224, 224] or \"1,128:int64\"";
    const auto* written = node.as<std::string>();
    if (!written) return list(node, kShape, &Check::whole);
    return read_input_shape(*written).has_value() || say(node, kShape);
  }

  bool list(const ConfigNode& node, std::string_view expected, Each each) {
    const auto* items = node.as<ConfigNode::List>();
    if (!items) return say(node, expected);
    bool good = true;
    for (const auto& item : *items) good = (this->*each)(item) && good;
    return good;
  }
  bool table(const ConfigNode& node, std::string_view expected, Each each) {
    const auto* members = node.as<ConfigNode::Table>();
    if (!members) return say(node, expected);
    bool good = true;
    for (const auto& member : *members) good = (this->*each)(member.node) && good;
    return good;
  }
  bool say(const ConfigNode& node, std::string_view expected) {
    mistakes_.push_back(
        {node.place,
         text::quoted(key_.name) + where_ + ": expected " + std::string(expected) + ", found " + found(node),
         key_.name + ": " + key_.doc});
    return false;
  }

  const KeyInfo& key_;
  const std::string& where_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace

bool fits(const ConfigNode& node, const KeyInfo& key, const std::string& where,
          std::vector<Mistake>& mistakes) {
  return Check(key, where, mistakes).fits(node);
}

}  // namespace alidade::host
