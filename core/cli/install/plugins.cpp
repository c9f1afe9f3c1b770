#include "cli/install/plugins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include "alidade/base/text.hpp"
#include "cli/install/catalogue.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "host/plugins/conformance.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

constexpr std::array<ComponentKind, 6> kKinds{ComponentKind::frontend, ComponentKind::analysis,
                                              ComponentKind::hardware, ComponentKind::placer,
                                              ComponentKind::report,   ComponentKind::operation};

int complain(const Error& error) { return say(error), host::exit_code(error.fault); }

/// Shows one thing on standard output.
int show(const std::function<void(Sink&)>& write) {
  ResultOut out;
  write(out);
  return out.finish();
}

Result<std::vector<ComponentKind>> wanted_kinds(const std::string& word) {
  if (word.empty()) return std::vector(kKinds.begin(), kKinds.end());
  std::vector<std::string> words;
  for (const auto kind : kKinds) {
    if (name(kind) == word) return std::vector{kind};
    words.emplace_back(name(kind));
  }
  return fail(Fault::config,
              fmt::format("there is no kind {}{}", text::quoted(word), text::did_you_mean(word, words)),
              "--kind", "the kinds are " + text::join(words, ", "));
}

int list(const PluginsArgs& args) {
  const auto kinds = wanted_kinds(args.kind);
  if (!kinds) return complain(kinds.error());
  const host::Plugins plugins(host::plugin_folders(args.folders));
  const auto catalogue = read_catalogue(plugins.files());
  return show([&](Sink& out) {
    args.json ? list_json(out, catalogue, plugins.folders(), *kinds) : list_text(out, catalogue, *kinds);
  });
}

int describe(const PluginsArgs& args) {
  const host::Plugins plugins(host::plugin_folders(args.folders));
  const auto library = args.target.substr(0, args.target.find('.'));
  auto files = plugins.files();
  std::erase_if(files,
                [&](const std::string& file) { return std::filesystem::path(file).stem() != library; });
  files.resize(std::min<std::size_t>(files.size(), 1));
  const auto catalogue = read_catalogue(files);
  if (!catalogue.refused.empty()) return complain(catalogue.refused.front());

  std::vector<const Entry*> wanted;
  for (const auto& entry : catalogue.entries)
    if (args.target == library || entry.listed.info.name == args.target) wanted.push_back(&entry);
  if (wanted.empty()) return complain(unknown(args.target, catalogue, plugins));
  return show([&](Sink& out) { args.json ? describe_json(out, wanted) : describe_text(out, wanted); });
}

int check(const PluginsArgs& args) {
  const auto findings = host::check_conformance(args.target);
  if (!findings) return complain(findings.error());
  const bool passed = std::ranges::all_of(*findings, &host::Finding::passed);
  const int shown = show([&](Sink& out) {
    if (args.json) return findings_json(out, args.target, *findings);
    for (const auto& finding : *findings)
      out.write(fmt::format("{}  {}{}{}\n", finding.passed ? "pass" : "FAIL", text::printable(finding.check),
                            finding.detail.empty() ? "" : ": ", finding.detail));
  });
  return shown ? shown : passed ? 0 : host::exit_code(Fault::check);
}

int path(const PluginsArgs& args) {
  return show([&](Sink& out) {
    const auto folders = host::plugin_folders(args.folders);
    if (args.json) return path_json(out, folders);
    for (const auto& folder : folders)
      out.write(folder + (std::filesystem::is_directory(folder) ? "\n" : "  (missing)\n"));
  });
}

}  // namespace

int verb_plugins(const PluginsArgs& args) {
  switch (args.verb) {
    case PluginsArgs::Verb::list:
      return list(args);
    case PluginsArgs::Verb::describe:
      return describe(args);
    case PluginsArgs::Verb::check:
      return check(args);
    case PluginsArgs::Verb::path:
      return path(args);
  }
  return host::exit_code(Fault::internal);
}

}  // namespace alidade::cli
