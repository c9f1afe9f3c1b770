#include "checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "guard.hpp"
#include "host/child/packed_sdk.hpp"
#include "host/plan/parts.hpp"

namespace alidade::host {
namespace {

bool is_snake_case(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// What the host's own check of options says of these, as it would of a pipeline file's.
std::vector<Mistake> mistakes_in(const ComponentInfo& info, const OptionValues& written) {
  std::vector<WrittenOption> lines;
  for (const auto& [key, value] : written) lines.push_back({key, value, {}, {}});
  const Lookup nobody{};
  PlanOutcome outcome;
  Finder finder(nobody, outcome);
  (void)check_options(info, lines, "", {}, finder);
  return outcome.mistakes;
}

OptionValues defaults(const ComponentInfo& info) {
  OptionValues all;
  for (const auto& option : info.options)
    if (!option.unset) all.emplace_back(option.name, option.fallback);
  return all;
}

std::string wrong_options(const ComponentInfo& info) {
  std::vector<std::string> seen;
  if (info.doc.empty()) return "it has no line of documentation";
  for (const auto& option : info.options) {
    if (!is_snake_case(option.name))
      return fmt::format("option {} is not written_like_this", text::quoted(option.name));
    if (std::ranges::find(seen, option.name) != seen.end())
      return fmt::format("option '{}' is declared twice", option.name);
    if (option.doc.empty()) return fmt::format("option '{}' has no line of documentation", option.name);
    seen.push_back(option.name);
  }
  return {};
}

std::string wrong_defaults(const ComponentInfo& info) {
  const auto mistakes = mistakes_in(info, defaults(info));
  return mistakes.empty() ? "" : "the default of " + mistakes.front().what;
}

std::string wrong_about_unknown(const ComponentInfo& info) {
  const auto mistakes = mistakes_in(info, {{"no_such_option", true}});
  return mistakes.size() == 1 ? "" : "an option that it does not declare is taken";
}

/// Every option at its default, said aloud, after a trip through the form in which a worker gets them.
std::string wrong_round_trip(const Loaded& loaded) {
  const auto said = defaults(loaded.info);
  const auto heard = unpack<OptionValues>(pack(said));
  if (heard != said) return "the values do not survive the way to a worker";
  const auto made = make_component<Component>(loaded, *heard);
  return made ? "" : made.error().what;
}

std::string wrong_repetition(const Loaded& loaded, SampleGraphs& samples) {
  const auto first = make_component<Component>(loaded, {}), second = make_component<Component>(loaded, {});
  if (!first || !second) return (first ? second : first).error().what;
  const auto once = observe(loaded, **first, samples), again = observe(loaded, **first, samples);
  const auto other = observe(loaded, **second, samples);
  for (const auto* seen : {&once, &again, &other})
    if (!*seen) return seen->error().what;
  if (*once != *again) return "asked twice, it answers differently";
  if (*once != *other) return "made twice, it answers differently";
  return {};
}

}  // namespace

void try_component(const Loaded& loaded, SampleGraphs& samples, const Try& attempt) {
  const auto& name = loaded.info.name;
  attempt(name + ": options have names and documentation", [&] { return wrong_options(loaded.info); });
  attempt(name + ": defaults are within their own ranges", [&] { return wrong_defaults(loaded.info); });
  attempt(name + ": unknown options are refused", [&] { return wrong_about_unknown(loaded.info); });
  attempt(name + ": can be made with its defaults", [&] {
    const auto made = make_component<Component>(loaded, {});
    return made ? "" : made.error().what;
  });
  attempt(name + ": takes its own defaults as options", [&] { return wrong_round_trip(loaded); });
  attempt(name + ": gives the same answer every time", [&] { return wrong_repetition(loaded, samples); });
}

}  // namespace alidade::host
