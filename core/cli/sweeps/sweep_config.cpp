#include "cli/sweeps/sweep_config.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "host/config/device.hpp"

namespace alidade::cli {
namespace {

using host::AxisUse;
using host::Mistake;

AxisUse axis_of_flag(const std::string& flag, const std::string& key,
                     const std::vector<std::string>& values) {
  AxisUse axis;
  axis.key = from_flag(key, flag), axis.place = axis.key.place;
  for (const auto& value : values) axis.values.push_back(from_flag(value, flag));
  return axis;
}

std::vector<AxisUse> axes_of_flags(const SweepArgs& args, std::vector<Mistake>& mistakes) {
  std::vector<AxisUse> out;
  for (const auto& flag : args.axes)
    if (auto axis = host::read_axis(flag, mistakes)) out.push_back(std::move(*axis));
  std::vector<std::string> batches;
  for (const auto batch : args.batches) batches.push_back(std::to_string(batch));
  if (!batches.empty()) out.push_back(axis_of_flag("--batch", "batch", batches));
  if (!args.dtype.empty()) out.push_back(axis_of_flag("--dtype", "precision", {args.dtype}));
  if (!args.on.empty()) out.push_back(axis_of_flag("--on", "on", args.on));
  return out;
}

/// Values of the axis "on" that name no target of a file: they are devices.
std::vector<host::Located<std::string>> devices_of(const std::vector<AxisUse>& axes,
                                                   const std::vector<host::HardwareUse>& targets) {
  std::vector<host::Located<std::string>> out;
  for (const auto& axis : axes)
    for (const auto& value : axis.values)
      if (axis.key.value == "on" &&
          std::ranges::find(targets, host::device_id(value.value),
                            [](const auto& target) { return target.id.value; }) == targets.end())
        out.push_back(value);
  return out;
}

/// A flag's axis comes in the place of a file's.
std::vector<AxisUse> joined(std::vector<AxisUse> of_files, std::vector<AxisUse> of_flags) {
  for (auto& axis : of_flags) {
    const auto same = std::ranges::find(of_files, axis.key.value, [](const AxisUse& other) {
      return other.place.origin == host::Origin::flag ? "" : other.key.value;
    });
    if (same == of_files.end())
      of_files.push_back(std::move(axis));
    else
      *same = std::move(axis);
  }
  return of_files;
}

/// What a sweep does not do, and what it would be asked about otherwise.
void leave_out(host::Config& config) {
  std::erase_if(config.analyses, [](const auto& use) { return use.use.value != "cost"; });
  config.placements.clear(), config.links.clear(), config.reports.clear(), config.tests.clear();
  config.files.clear();
}

void check(const SweepConfig& sweep, const SweepArgs& args, std::vector<Mistake>& mistakes) {
  if (!sweep.config.complete || !mistakes.empty()) return;
  const auto say = [&](const std::string& where, std::string what, std::string fix) {
    const host::Place file{args.files.empty() ? std::string() : args.files.back(), 0, 0, host::Origin::file};
    mistakes.push_back({args.files.empty() ? host::Place{where, 0, 0, host::Origin::flag} : file,
                        std::move(what), std::move(fix)});
  };
  if (sweep.config.models.empty())
    say("MODEL", "there is no model to sweep over",
        "name one behind the pipeline file, or add [[model]] to it");
  if (sweep.config.hardware.empty())
    say("--axis", "there is no device to estimate on", "name some: --axis on=h100_sxm,l4");
}

}  // namespace

SweepConfig sweep_config_of(const SweepArgs& args, std::vector<Mistake>& mistakes) {
  auto of_flags = axes_of_flags(args, mistakes);
  host::check_axes(of_flags, mistakes);
  ModelArgs models = args;
  models.batches.clear(), models.on.clear(), models.dtype.clear(), models.models.clear();
  for (const auto& word : args.models)
    (word.ends_with(".toml") ? models.files : models.models).push_back(word);
  std::vector<Mistake> told_below;
  const auto files =
      models.files.empty() ? host::Config() : host::read_config({models.files, {}}, told_below);
  host::ConfigRequest request;
  request.devices = devices_of(of_flags, files.hardware);
  SweepConfig out{config_of(models, mistakes, std::move(request)), {}};
  out.axes = joined(host::axes_in(*out.config.written), std::move(of_flags));
  auto given = args;
  given.files = models.files;
  check(out, given, mistakes);
  leave_out(out.config);
  if (args.threads) out.config.threads = *args.threads;
  return out;
}

}  // namespace alidade::cli
