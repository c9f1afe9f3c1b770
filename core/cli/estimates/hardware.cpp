// The devices that there are.
#include <algorithm>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/config/device.hpp"
#include "host/run/estimate.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

using host::ConfigNode;

const host::Place kHere{"hardware", 0, 0, host::Origin::flag};

std::string member(const ConfigNode& device, std::string_view key) {
  const auto* value = device.text(key);
  return value ? text::printable(*value) : std::string();
}

struct Listed {
  host::DeviceFile file;
  ConfigNode device;
};

/// Every device file that can be read; what hinders the others is told.
std::vector<Listed> listed(std::vector<host::Mistake>& mistakes) {
  std::vector<Listed> out;
  for (const auto& file : host::device_files(host::device_folders(kHere))) {
    host::Source source;
    auto device = host::read_device({file.path, kHere}, source, mistakes);
    if (device) out.push_back({file, std::move(*device)});
  }
  return out;
}

int list(const HardwareArgs& args) {
  std::vector<host::Mistake> mistakes;
  const auto devices = listed(mistakes);
  ResultOut out;
  if (args.json) {
    JsonWriter t(out);
    t.begin_array();
    for (const auto& [file, device] : devices) {
      t.begin_object();
      t.text("id", file.id), t.text("name", member(device, "name")), t.text("use", member(device, "use"));
      t.text("file", file.path);
      t.end_object();
    }
    t.end_array();
    out.write("\n");
  } else {
    std::vector<std::vector<std::string>> lines;
    for (const auto& [file, device] : devices)
      lines.push_back({file.id, member(device, "use"), member(device, "name")});
    write_columns(lines, 3, out);
  }
  for (const auto& mistake : mistakes)
    say(Error{Fault::config, mistake.what, to_text(mistake.place), mistake.fix});
  const int written = out.finish();
  return written != 0 || mistakes.empty() ? written : host::kBadConfig;
}

Pipeline planned(const HardwareArgs& args) {
  return plan_devices({from_flag(args.target, "DEVICE")}, args.plugin_path);
}

std::string shown_value(const ConfigNode& device, const OptionInfo& option) {
  if (const auto* value = device.find(option.name)) return host::to_toml(*value);
  if (option.required || option.unset) return "not stated";
  if (const auto* number = std::get_if<double>(&option.fallback)) return text::number(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&option.fallback)) return std::to_string(*whole);
  return "as the component has it";
}

void show_option(const ConfigNode& device, const OptionInfo& option, const host::HardwareStep& step,
                 Sink& out) {
  const auto* sources = device.find("sources");
  const auto* source = sources ? sources->text(option.name) : nullptr;
  const bool uncertain = std::ranges::find(step.uncertain, option.name) != step.uncertain.end();
  out.write("  " + option.name + " = " + shown_value(device, option) +
            (option.unit.empty() ? "" : "  # " + option.unit) + (uncertain ? "  (uncertain)" : "") +
            (device.find(option.name) ? "" : "  (default)") + "\n      " + text::printable(option.doc) +
            "\n");
  if (source) out.write("      from: " + text::visible(*source) + "\n");
}

int show(const HardwareArgs& args) {
  const auto pipeline = planned(args);
  if (!pipeline.outcome.mistakes.empty() || pipeline.outcome.plan.hardware.empty())
    return write_mistakes(pipeline, false);
  const auto& step = pipeline.outcome.plan.hardware.front();
  std::vector<host::Mistake> mistakes;
  host::Source source;
  const auto device = host::read_device(from_flag(args.target, "DEVICE"), source, mistakes);
  if (!device) return host::kBadConfig;
  ResultOut out;
  out.write(step.id + ": " + text::printable(step.name) + "\n  use = " + step.loaded->info.name + ", from " +
            text::printable(source.file) + "\n");
  for (const auto& option : step.loaded->info.options) show_option(*device, option, step, out);
  return out.finish();
}

int check(const HardwareArgs& args) {
  const auto pipeline = planned(args);
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  for (const auto& step : pipeline.outcome.plan.hardware)
    if (const auto machine = host::Estimator::machine_of(step); !machine) {
      auto error = machine.error();
      if (error.where.empty()) error.where = args.target;
      return say(error), host::exit_code(error.fault);
    }
  return print(text::visible(args.target) + ": ok\n");
}

}  // namespace

int verb_hardware(const HardwareArgs& args) {
  switch (args.verb) {
    case HardwareArgs::Verb::list:
      return list(args);
    case HardwareArgs::Verb::show:
      return show(args);
    case HardwareArgs::Verb::check:
      return check(args);
  }
  return host::kBadConfig;
}

}  // namespace alidade::cli
