// The targets of a pipeline.
#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/hardware.hpp"
#include "host/config/keys.hpp"
#include "host/config/precision_names.hpp"
#include "host/measured/kernel_times.hpp"
#include "host/plugins/guard.hpp"
#include "parts.hpp"
#include "precision.hpp"

namespace alidade::host {
namespace {

template <class T, std::size_t N>
std::vector<std::string> names(const std::array<T, N>& all) {
  std::vector<std::string> out;
  for (const T each : all) out.emplace_back(name(each));
  return out;
}

/// The value of that name; a mistake where there is none.
template <class T, std::size_t N>
std::optional<T> chosen(const std::optional<Located<std::string>>& word, const std::array<T, N>& all,
                        std::string_view key, const HardwareUse& use, Finder& finder) {
  if (!word) return std::nullopt;
  for (const T each : all)
    if (name(each) == word->value) return each;
  const auto known = names(all);
  finder.mistake({word->place,
                  text::quoted(key) + in_entry(ComponentKind::hardware, use) + ": expected one of " +
                      text::join(known, ", ") + ", found \"" + text::printable(word->value) + "\"" +
                      text::did_you_mean(word->value, known),
                  {}});
  return std::nullopt;
}

/// What is said of options has to be about options that there are.
void check_option_name(const std::string& option, const Place& place, std::string_view key,
                       const ComponentInfo& info, const HardwareUse& use, Finder& finder) {
  std::vector<std::string> known;
  for (const auto& each : info.options) known.push_back(each.name);
  if (std::ranges::find(known, option) != known.end()) return;
  finder.mistake({place,
                  text::quoted(key) + in_entry(ComponentKind::hardware, use) + ": " +
                      text::quoted(info.name) + " has no option " + text::quoted(option) +
                      text::did_you_mean(option, known),
                  "options: " + text::join(known, ", ")});
}

void check_notes(const HardwareUse& use, const ComponentInfo& info, HardwareStep& step, Finder& finder) {
  for (const auto& option : use.uncertain) {
    check_option_name(option.value, option.place, "uncertain", info, use, finder);
    step.uncertain.push_back(option.value);
  }
  for (const auto& [option, source] : use.sources)
    check_option_name(option, source.place, "sources", info, use, finder);
}

/// A device says which numbers it can count with.
void check_precision(const HardwareUse& use, const HardwareStep& step, Finder& finder) {
  auto lacks = lacking_precision(step);
  if (!lacks) return;
  finder.mistake(
      {use.precision->place, std::move(*lacks),
       "choose one of those, or leave " +
           (use.precision->place.origin == Origin::flag ? use.precision->place.file : "'precision'") +
           " out: as the model was captured"});
}

std::shared_ptr<const SupportRules> read_rules(const Located<std::string>& name, Finder& finder) {
  std::vector<Mistake> mistakes;
  auto rules = read_support(name, mistakes);
  for (auto& mistake : mistakes) finder.mistake(std::move(mistake));
  if (rules) finder.reads(rules->file);
  return rules;
}

std::shared_ptr<const KernelTimes> read_times(const Located<std::string>& name, Finder& finder) {
  std::vector<Mistake> mistakes;
  auto times = read_kernel_times(name, mistakes);
  for (auto& mistake : mistakes) finder.mistake(std::move(mistake));
  if (times) finder.reads(times->file());
  return times;
}

std::optional<HardwareStep> plan_one(const HardwareUse& use, const std::size_t mistakes_before,
                                     Finder& finder) {
  std::vector<std::string> own;
  for (const auto& key : keys<HardwareUse>()) own.push_back(key.name);
  auto step = step_for(use, ComponentKind::hardware, std::move(own), finder);
  if (!step) return std::nullopt;
  HardwareStep out{std::move(*step), use.name, {}, {}, {}, {}, {}, {}};
  if (use.support) out.support = read_rules(*use.support, finder);
  if (use.measured) out.measured = read_times(*use.measured, finder);
  auto precision = use.precision;
  if (precision) precision->value = our_precision(precision->value);
  out.precision = chosen(precision, kPrecisions, "precision", use, finder);
  out.backend = chosen(use.backend, kBackends, "backend", use, finder);
  out.layout = chosen(use.layout, kLayouts, "layout", use, finder);
  check_notes(use, out.loaded->info, out, finder);
  if (out.precision && finder.mistakes() == mistakes_before) check_precision(use, out, finder);
  return out;
}

}  // namespace

std::optional<std::string> lacking_precision(const HardwareStep& step) {
  if (!step.precision || *step.precision == Precision::as_captured) return std::nullopt;
  const auto model = make_component<HardwareModel>(*step.loaded, step.options);
  if (!model) return std::nullopt;  // told when a model is estimated
  const PluginCall call{step.loaded->info.name, step.loaded->library, "describing its machine"};
  const auto machine = guarded(call, [&] { return (*model)->machine(); });
  if (!machine || machine->precisions.empty()) return std::nullopt;
  if (std::ranges::find(machine->precisions, *step.precision) != machine->precisions.end())
    return std::nullopt;
  std::vector<std::string> has;
  for (const auto precision : machine->precisions) has.emplace_back(name(precision));
  return text::quoted(step.id) + " has no " + std::string(name(*step.precision)) + ": it has " +
         text::join(has, ", ");
}

std::vector<HardwareStep> plan_hardware(const Config& config, Finder& finder) {
  std::vector<HardwareStep> steps;
  for (const auto& use : config.hardware)
    if (auto step = plan_one(use, finder.mistakes(), finder)) steps.push_back(std::move(*step));
  return steps;
}

}  // namespace alidade::host
