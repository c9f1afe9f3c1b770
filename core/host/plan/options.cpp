#include <algorithm>
#include <cmath>
#include <ranges>

#include "alidade/base/text.hpp"
#include "host/config/paths.hpp"
#include "parts.hpp"

namespace alidade::host {
namespace {

using Wholes = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

std::string in_quotes(std::string_view word) { return '"' + text::printable(word) + '"'; }

std::string shown(const OptionValue& value) {
  if (const auto* v = std::get_if<bool>(&value)) return *v ? "true" : "false";
  if (const auto* v = std::get_if<std::int64_t>(&value)) return std::to_string(*v);
  if (const auto* v = std::get_if<double>(&value))
    return std::isfinite(*v) ? text::number(*v) : std::isnan(*v) ? "nan" : *v > 0 ? "inf" : "-inf";
  if (const auto* v = std::get_if<std::string>(&value)) return in_quotes(*v);
  if (std::holds_alternative<Wholes>(value)) return "a list of whole numbers";
  if (std::holds_alternative<Numbers>(value)) return "a list of numbers";
  if (std::holds_alternative<NumberTable>(value)) return "a table of numbers";
  return "a list of strings";
}

/// "", " above 0", " of at least 1", " from 0 to 1", with the unit behind it.
std::string range(const OptionInfo& info) {
  std::string out;
  if (info.low && info.low_open) out = " above " + text::number(*info.low);
  if (info.high && out.empty() && info.low)
    out = " from " + text::number(*info.low) + " to " + text::number(*info.high);
  else if (info.high)
    out += (out.empty() ? " of at most " : " and at most ") + text::number(*info.high);
  else if (info.low && !info.low_open)
    out = " of at least " + text::number(*info.low);
  return info.unit.empty() ? out : out + ", in " + info.unit;
}

std::string words_of(const OptionInfo& info) {
  Words quoted;
  for (const auto& word : info.choices) quoted.push_back(in_quotes(word));
  return text::join(quoted, ", ");
}

std::string expected(const OptionInfo& info) {
  switch (info.fallback.index()) {
    case 0:
      return "true or false";
    case 1:
      return "a whole number" + range(info);
    case 2:
      return "a number" + range(info);
    case 3:
      return info.choices.empty() ? "a string" : "one of " + words_of(info);
    case 4:
      return "a list of whole numbers" + range(info);
    case 5:
      return "a list of numbers" + range(info);
    case 7:
      return "a table of numbers" + range(info);
    default:
      return info.choices.empty() ? "a list of strings" : "a list of " + words_of(info);
  }
}

/// The value in the option's own type, or nothing when it is of another.
std::optional<OptionValue> coerced(const OptionValue& value, const OptionValue& like) {
  if (value.index() == like.index()) return value;
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (whole && std::holds_alternative<double>(like)) return static_cast<double>(*whole);
  const auto* wholes = std::get_if<Wholes>(&value);
  if (wholes && std::holds_alternative<Numbers>(like)) return Numbers(wholes->begin(), wholes->end());
  if (wholes && wholes->empty() && std::holds_alternative<Words>(like)) return Words{};
  return std::nullopt;
}

bool number_fits(double value, const OptionInfo& info) {
  return std::isfinite(value) && !(info.low && (info.low_open ? value <= *info.low : value < *info.low)) &&
         !(info.high && value > *info.high);
}

/// The part of a value that is out of range or not among the choices; nothing when all is well.
std::optional<OptionValue> misfit(const OptionValue& value, const OptionInfo& info) {
  const auto bad_word = [&](const std::string& w) {
    return !info.choices.empty() && std::ranges::find(info.choices, w) == info.choices.end();
  };
  const auto bad_whole = [&](std::int64_t v) { return !number_fits(static_cast<double>(v), info); };
  const auto bad_number = [&](double v) { return !number_fits(v, info); };
  const auto first = [](const auto& list, auto bad) -> std::optional<OptionValue> {
    const auto at = std::ranges::find_if(list, bad);
    return at == list.end() ? std::nullopt : std::optional<OptionValue>(*at);
  };
  if (const auto* v = std::get_if<std::int64_t>(&value))
    return bad_whole(*v) ? std::optional(value) : std::nullopt;
  if (const auto* v = std::get_if<double>(&value))
    return bad_number(*v) ? std::optional(value) : std::nullopt;
  if (const auto* v = std::get_if<std::string>(&value))
    return bad_word(*v) ? std::optional(value) : std::nullopt;
  if (const auto* v = std::get_if<Wholes>(&value)) return first(*v, bad_whole);
  if (const auto* v = std::get_if<Numbers>(&value)) return first(*v, bad_number);
  if (const auto* v = std::get_if<NumberTable>(&value)) return first(std::views::values(*v), bad_number);
  if (const auto* v = std::get_if<Words>(&value)) return first(*v, bad_word);
  return std::nullopt;
}

Mistake mismatch(const WrittenOption& written, const OptionInfo& info, const OptionValue& found,
                 const std::string& where) {
  std::string hint;
  if (const auto* word = std::get_if<std::string>(&found)) hint = text::did_you_mean(*word, info.choices);
  const bool finite = !std::holds_alternative<double>(found) || std::isfinite(std::get<double>(found));
  const auto wanted = finite || !range(info).empty() ? expected(info) : "a finite number";
  return {written.place,
          text::quoted(info.name) + where + ": expected " + wanted + ", found " + shown(found) + hint,
          info.name + ": " + info.doc};
}

Mistake unknown(const WrittenOption& written, const ComponentInfo& info, const std::string& where,
                Words own) {
  for (const auto& option : info.options) own.push_back(option.name);
  return {written.key_place,
          "unknown key " + text::quoted(written.key) + where + text::did_you_mean(written.key, own),
          "keys here: " + text::join(own, ", ")};
}

/// Whether every key of a table is one that the option knows.
bool keys_fit(const WrittenOption& written, const OptionInfo& info, const std::string& where,
              Finder& finder) {
  const auto* table = std::get_if<NumberTable>(&written.value);
  if (!table || info.choices.empty()) return true;
  bool good = true;
  for (const auto& [key, number] : *table) {
    if (std::ranges::find(info.choices, key) != info.choices.end()) continue;
    const auto inner = written.inner.find(key);
    finder.mistake({inner == written.inner.end() ? written.place : inner->second,
                    "unknown key " + text::quoted(key) + " in " + text::quoted(info.name) + where +
                        text::did_you_mean(key, info.choices),
                    "keys here: " + text::join(info.choices, ", ")});
    good = false;
  }
  return good;
}

/// Whether a table has a key that it says nothing without.
bool says_enough(const WrittenOption& written, const OptionInfo& info, const std::string& where,
                 Finder& finder) {
  const auto* table = std::get_if<NumberTable>(&written.value);
  const auto has = [&](const std::string& key) { return table->contains(key); };
  if (!table || info.one_of.empty() || std::ranges::any_of(info.one_of, has)) return true;
  Words found;
  for (const auto& [key, number] : *table) found.push_back(key);
  finder.mistake({written.place,
                  text::quoted(info.name) + where + ": expected " +
                      (info.one_of.size() > 1 ? "one of " : "") + text::join(info.one_of, ", ") +
                      " in it, found " +
                      (found.empty() ? "an empty table" : "only " + text::join(found, ", ")),
                  info.name + ": " + info.doc});
  return false;
}

/// An option whose unit is "file" is the path of one that is read.
void settle_path(OptionValue& value, const OptionInfo& info, const Place& stated, Finder& finder) {
  if (auto* path = std::get_if<std::string>(&value); path && info.unit == "file")
    finder.reads(*path = seen_from_here(stated, *path));
}

}  // namespace

bool option_fits(const OptionValue& value, const OptionInfo& info) { return !misfit(value, info); }
std::string expected_of(const OptionInfo& info) { return expected(info); }

OptionValues check_options(const ComponentInfo& info, const std::vector<WrittenOption>& written,
                           const std::string& where, std::vector<std::string> own, Finder& finder) {
  OptionValues values;
  for (const auto& option : written) {
    const auto declared = std::ranges::find(info.options, option.key, &OptionInfo::name);
    if (declared == info.options.end()) {
      finder.mistake(unknown(option, info, where, own));
      continue;
    }
    auto value = coerced(option.value, declared->fallback);
    const auto bad = value ? misfit(*value, *declared) : option.value;
    if (bad) {
      finder.mistake(mismatch(option, *declared, *bad, where));
      continue;
    }
    if (!keys_fit(option, *declared, where, finder) || !says_enough(option, *declared, where, finder))
      continue;
    settle_path(*value, *declared, option.place, finder);
    values.emplace_back(option.key, std::move(*value));
  }
  return values;
}

void check_required(const ComponentInfo& info, const std::vector<WrittenOption>& written, const Place& place,
                    const std::string& entry, Finder& finder) {
  for (const auto& option : info.options)
    if (option.required && std::ranges::find(written, option.name, &WrittenOption::key) == written.end())
      finder.mistake({place, entry + " has no " + text::quoted(option.name),
                      option.name + ": " + option.doc + (option.unit.empty() ? "" : ", in " + option.unit)});
}

}  // namespace alidade::host
