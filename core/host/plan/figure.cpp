#include "figure.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "parts.hpp"

namespace alidade::host {
namespace {

/// Whether the option is a number, or numbers by name.
bool is_figure(const OptionInfo& info) {
  return std::holds_alternative<double>(info.fallback) ||
         std::holds_alternative<std::int64_t>(info.fallback) ||
         std::holds_alternative<NumberTable>(info.fallback);
}

std::unexpected<Error> unknown(const HardwareStep& step, const std::string& figure) {
  std::vector<std::string> known;
  for (const auto& info : step.loaded->info.options)
    if (is_figure(info)) known.push_back(info.name);
  return fail(
      Fault::config,
      text::quoted(step.id) + " has no figure " + text::quoted(figure) + text::did_you_mean(figure, known),
      {}, "its figures: " + text::join(known, ", "));
}

/// The option's value, made from its default where the device does not state it.
OptionValue& value_in(OptionValues& values, const OptionInfo& info) {
  const auto found = std::ranges::find(values, info.name, [](const auto& one) { return one.first; });
  return found == values.end() ? values.emplace_back(info.name, info.fallback).second : found->second;
}

std::optional<OptionValue> with_number(OptionValue value, const std::string& key, double number) {
  if (auto* table = std::get_if<NumberTable>(&value)) return (*table)[key] = number, value;
  if (std::holds_alternative<double>(value)) return OptionValue(number);
  if (number != std::floor(number) || std::abs(number) >= 0x1p63) return std::nullopt;
  return OptionValue(static_cast<std::int64_t>(number));
}

}  // namespace

Result<void> set_figure(HardwareStep& step, const std::string& figure, double value) {
  const auto dot = figure.find('.');
  const auto name = figure.substr(0, dot), key = dot == figure.npos ? std::string() : figure.substr(dot + 1);
  const auto& options = step.loaded->info.options;
  const auto info = std::ranges::find(options, name, &OptionInfo::name);
  const bool is_table = info != options.end() && std::holds_alternative<NumberTable>(info->fallback);
  if (info == options.end() || !is_figure(*info) || is_table == key.empty() ||
      (is_table && !info->choices.empty() && std::ranges::find(info->choices, key) == info->choices.end()))
    return unknown(step, figure);
  auto& there = value_in(step.options, *info);
  auto changed = with_number(there, key, value);
  if (!changed || !option_fits(*changed, *info))
    return fail(Fault::config,
                text::quoted(figure) + " of " + text::quoted(step.id) + ": expected " + expected_of(*info) +
                    ", found " + text::number(value),
                {}, info->name + ": " + info->doc);
  there = std::move(*changed);
  return {};
}

}  // namespace alidade::host
