#include "host/trials.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "host/guard.hpp"
#include "host/packed_sdk.hpp"

namespace alidade::host {
namespace {

bool is_snake_case(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string wrong_number(const OptionInfo& option, double value) {
  if (option.low && (value < *option.low || (option.low_open && value == *option.low)))
    return fmt::format("the default of '{}', {}, is below its own range", option.name, text::number(value));
  if (option.high && value > *option.high)
    return fmt::format("the default of '{}', {}, is above its own range", option.name, text::number(value));
  return {};
}

std::string wrong_default(const OptionInfo& option) {
  if (const auto* word = std::get_if<std::string>(&option.fallback))
    return option.choices.empty() || std::ranges::find(option.choices, *word) != option.choices.end()
               ? "" : fmt::format("the default of '{}', '{}', is none of its choices", option.name, *word);
  if (const auto* number = std::get_if<std::int64_t>(&option.fallback)) return wrong_number(option, static_cast<double>(*number));
  if (const auto* number = std::get_if<double>(&option.fallback)) return wrong_number(option, *number);
  return {};
}

std::string wrong_options(const ComponentInfo& info) {
  std::vector<std::string> seen;
  if (info.doc.empty()) return "it has no line of documentation";
  for (const auto& option : info.options) {
    if (!is_snake_case(option.name)) return fmt::format("option {} is not written_like_this", text::quoted(option.name));
    if (std::ranges::find(seen, option.name) != seen.end()) return fmt::format("option '{}' is declared twice", option.name);
    if (option.doc.empty()) return fmt::format("option '{}' has no line of documentation", option.name);
    if (auto wrong = wrong_default(option); !wrong.empty()) return wrong;
    seen.push_back(option.name);
  }
  return {};
}

/// Every option at its default, said aloud, after a trip through the form in which a worker gets them.
std::string wrong_round_trip(const Loaded& loaded) {
  OptionValues said;
  for (const auto& option : loaded.info.options) said.emplace_back(option.name, option.fallback);
  const auto heard = unpack<OptionValues>(pack(said));
  if (heard != said) return "the values do not survive the way to a worker";
  const auto made = make_component<Component>(loaded, *heard);
  return made ? "" : made.error().what;
}

std::string wrong_repetition(const Loaded& loaded, Specimens& specimens) {
  const auto first = make_component<Component>(loaded, {}), second = make_component<Component>(loaded, {});
  if (!first || !second) return (first ? second : first).error().what;
  const auto once = observe(loaded, **first, specimens), again = observe(loaded, **first, specimens);
  const auto other = observe(loaded, **second, specimens);
  for (const auto* seen : {&once, &again, &other})
    if (!*seen) return seen->error().what;
  if (*once != *again) return "asked twice, it answers differently";
  if (*once != *other) return "made twice, it answers differently";
  return {};
}

}  // namespace

void try_component(const Loaded& loaded, Specimens& specimens, const Try& attempt) {
  const auto& name = loaded.info.name;
  attempt(name + ": options are documented and their defaults allowed", [&] { return wrong_options(loaded.info); });
  attempt(name + ": can be made with its defaults", [&] {
    const auto made = make_component<Component>(loaded, {});
    return made ? "" : made.error().what;
  });
  attempt(name + ": takes its own defaults as options", [&] { return wrong_round_trip(loaded); });
  attempt(name + ": gives the same answer every time", [&] { return wrong_repetition(loaded, specimens); });
}

}  // namespace alidade::host
