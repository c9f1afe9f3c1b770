// A pipeline of a target, a processor beside it, the way between them and a placer, made of flags.
#include "cli/placements/placement_pipeline.hpp"

#include <algorithm>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "host/config/device.hpp"
#include "host/support/rules.hpp"

namespace alidade::cli {
namespace {

using host::Mistake;

constexpr const char* kBeside = "epyc_7763";  // where no support file says which
constexpr double kLinkGbps = 16;              // the same: PCIe 4.0 of eight lanes

bool is_support_path(const std::string& target) { return target.ends_with(host::kSupportEnding); }

/// What the flags name, completed by the target's support file where it has one.
struct Targets {
  host::TargetRequest wanted, beside;
  host::LinkUse link;
};

/// The rules of the target's name or path; none where it is a device, whose own model says what it runs.
std::shared_ptr<const host::SupportRules> rules_of(const PlaceArgs& args, std::vector<Mistake>& mistakes) {
  const auto asked = from_flag(args.target, "--target");
  const auto files = host::support_files(asked.place);
  if (is_support_path(args.target) ||
      std::ranges::find(files, args.target, &host::SupportFile::id) != files.end())
    return host::read_support(asked, mistakes);
  std::vector<std::string> known;
  for (const auto& file : files) known.push_back(file.id);
  for (const auto& file : host::device_files(host::device_folders(asked.place))) known.push_back(file.id);
  for (const auto& component : args.own) known.push_back(component.name);
  const bool path = args.target.ends_with(".toml") || args.target.contains('/');
  if (args.device.empty() && !path && std::ranges::find(known, args.target) == known.end())
    mistakes.push_back(
        {asked.place,
         "there is neither a support file nor a device " + text::quoted(args.target) +
             text::did_you_mean(args.target, known),
         "'alidade hardware list' shows the devices; a support file is a file NAME.support.toml in a "
         "folder of ALIDADE_HARDWARE_PATH"});
  return nullptr;
}

/// A file of a device or of rules has its name.
std::string id_of(const std::string& target) {
  if (is_support_path(target))
    return std::filesystem::path(target.substr(0, target.size() - host::kSupportEnding.size()))
        .filename()
        .string();
  return target.ends_with(".toml") ? std::filesystem::path(target).stem().string() : target;
}

/// The device that rules are for, their own name where they say none; beside a path it is a path, too, where
/// it lies there.
std::string device_of(const std::string& target, const host::SupportRules* rules) {
  const auto stated = rules ? rules->device : std::string();
  if (!is_support_path(target)) return stated.empty() ? target : stated;
  const auto id = stated.empty() ? id_of(target) : stated;
  const auto beside = std::filesystem::path(target).replace_filename(id + ".toml");
  std::error_code none;
  return std::filesystem::exists(beside, none) ? beside.string() : id;
}

Targets targets_of(const PlaceArgs& args, const host::SupportRules* rules) {
  const auto chosen = [](const std::string& flag, const std::string& stated, const std::string& otherwise) {
    return !flag.empty() ? flag : stated.empty() ? otherwise : stated;
  };
  Targets out;
  out.wanted = {from_flag(args.device.empty() ? device_of(args.target, rules) : args.device, "--target"),
                id_of(args.target), chosen(args.support, rules ? args.target : "", "")};
  out.beside = {from_flag(chosen(args.beside, rules ? rules->beside : "", kBeside), "--beside"), "cpu", {}};
  out.link.place = out.wanted.device.place;
  out.link.from = from_flag(out.wanted.id, "--target"), out.link.to = from_flag(out.beside.id, "--beside");
  out.link.gbps = rules && rules->link_gbps > 0 ? rules->link_gbps : kLinkGbps;
  out.link.latency_us = rules ? rules->link_latency_us : 0;
  return out;
}

host::ReportUse page_of(const PlaceArgs& args) {
  host::ReportUse report;
  report.use = report.id = from_flag(args.format, "--format");
  report.path = from_flag(args.output, "--output");
  return report;
}

host::Config config_of_flags(const PlaceArgs& args, const Targets& targets, std::vector<Mistake>& mistakes) {
  host::ConfigRequest request;
  request.analyses = {from_flag(std::string("cost"), "place")};
  request.targets = {targets.wanted, targets.beside};
  if (!args.dtype.empty()) request.precision = from_flag(args.dtype, "--dtype");
  request.placer = from_flag(args.placer, "--placer");
  if (!args.objective.empty()) request.objective = from_flag(args.objective, "--objective");
  auto config = config_of(args, mistakes, std::move(request));
  config.links.push_back(targets.link);
  for (auto& placement : config.placements) {
    placement.allow = args.allow, placement.forbid = args.forbid;
    if (!args.partitions.empty()) placement.partitions = args.partitions;
  }
  if (args.format == "html") config.reports.push_back(page_of(args));
  return config;
}

}  // namespace

Pipeline placement_pipeline(const PlaceArgs& args, std::vector<Mistake> mistakes) {
  const auto rules = rules_of(args, mistakes);
  if (!mistakes.empty()) return plan_config({}, std::move(mistakes));
  auto config = config_of_flags(args, targets_of(args, rules.get()), mistakes);
  return plan_config(std::move(config), std::move(mistakes));
}

}  // namespace alidade::cli
