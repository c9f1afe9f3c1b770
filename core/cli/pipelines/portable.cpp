#include "cli/pipelines/portable.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "alidade/ir/print.hpp"
#include "cli/pipelines/hidden_names.hpp"
#include "host/config/effective.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

using host::ConfigNode;

ModelFile file_of(host::ModelStep step, const host::Limits& limits, std::size_t number, bool hide) {
  const auto name = "model" + std::to_string(number);
  ModelFile out{hide ? name : step.id, name + ".alg", {}, {}, {}, {}};
  if (!step.follow) {
    for (const auto& symbol : step.own_bindings) out.bindings[symbol] = step.bindings.at(symbol);
    out.batch = std::exchange(step.batch, {}), step.bindings.clear();
  }
  const auto opened = host::open_model(step, limits);
  if (!opened) return out.path = step.path, out.unread = opened.error().what, out;
  out.text = to_text(opened->graph);
  if (hide) out.text = with_hidden_names(out.text);
  return out;
}

template <class T>
ConfigNode::Member member(const std::string& key, T value) {
  return {key, {}, ConfigNode(std::move(value), {})};
}

ConfigNode entry_of(const ModelFile& file) {
  ConfigNode::Table entry{member("path", file.path), member("id", file.id)};
  if (file.batch) entry.push_back(member("batch", *file.batch));
  ConfigNode::Table bind;
  for (const auto& [symbol, size] : file.bindings) bind.push_back(member(symbol, size));
  if (!bind.empty()) entry.push_back(member("bind", std::move(bind)));
  return {std::move(entry), {}};
}

/// The files in place of the models.
void put_models(const std::vector<ModelFile>& files, const host::Plan& plan, ConfigNode::Table& table) {
  const bool bound = std::ranges::all_of(plan.models, [](const auto& step) { return bool(step.follow); });
  std::erase_if(table, [&](const auto& m) { return m.key == "model" || (bound && m.key == "bind"); });
  ConfigNode::List models;
  for (const auto& file : files) models.push_back(entry_of(file));
  table.push_back(member("model", std::move(models)));
}

/// Those that flags asked for stand in no file; a verb that prints by itself has none, and a run needs one.
void add_reports(const host::Plan& plan, ConfigNode::Table& table) {
  ConfigNode::List reports;
  for (const auto& step : plan.reports)
    reports.emplace_back(ConfigNode::Table{member("use", step.loaded->info.name)}, host::Place());
  if (reports.empty())
    reports.emplace_back(ConfigNode::Table{member("use", std::string("brief"))}, host::Place());
  table.push_back(member("report", std::move(reports)));
}

ConfigNode list_of(const std::vector<std::string>& words) {
  ConfigNode::List out;
  for (const auto& word : words) out.emplace_back(word, host::Place());
  return {std::move(out), {}};
}

/// The ways between targets, and the operators that flags allow and forbid: of `place`, in no file either.
void put_placements(const host::Config& config, ConfigNode& tree) {
  auto& table = std::get<ConfigNode::Table>(tree.value);
  ConfigNode::List links;
  for (const auto& link : config.links)
    links.emplace_back(ConfigNode::Table{member("from", link.from.value), member("to", link.to.value),
                                         member("gbps", link.gbps), member("latency_us", link.latency_us)},
                       host::Place());
  if (!tree.find("link") && !links.empty()) table.push_back(member("link", std::move(links)));
  auto* found = tree.find("placement");
  auto* entries = found ? found->as<ConfigNode::List>() : nullptr;
  for (std::size_t i = 0; entries && i < std::min(entries->size(), config.placements.size()); ++i) {
    auto* entry = (*entries)[i].as<ConfigNode::Table>();
    const auto& use = config.placements[i];
    if (!use.allow.empty() && !(*entries)[i].find("allow"))
      entry->push_back({"allow", {}, list_of(use.allow)});
    if (!use.forbid.empty() && !(*entries)[i].find("forbid"))
      entry->push_back({"forbid", {}, list_of(use.forbid)});
  }
}

/// Reports that go into files go into ones beside the script's others.
void put_reports(ConfigNode& pipeline) {
  auto* reports = pipeline.find("report");
  auto* list = reports ? reports->as<ConfigNode::List>() : nullptr;
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    auto* path = (*list)[i].find("path");
    const auto* before = path ? path->as<std::string>() : nullptr;
    if (!before || *before == "-") continue;
    const auto ending = std::filesystem::path(*before).extension().string();
    const std::string one_each = before->contains("{model}") ? "-{model}" : "";
    path->value = "report" + std::to_string(i + 1) + one_each + ending;
  }
}

}  // namespace

std::vector<ModelFile> portable_models(const host::Plan& plan, bool hide_names) {
  std::vector<ModelFile> files;
  for (const auto& step : plan.models)
    files.push_back(file_of(step, plan.limits, files.size() + 1, hide_names));
  return files;
}

host::ConfigNode portable_config(const Pipeline& pipeline, const std::vector<ModelFile>& files) {
  const host::Lookup lookup{[&](std::string_view name) { return pipeline.plugins->find(name); }, {}};
  auto tree = host::with_defaults(pipeline.config, lookup);
  auto& table = std::get<ConfigNode::Table>(tree.value);
  if (!files.empty()) put_models(files, pipeline.outcome.plan, table);
  put_placements(pipeline.config, tree);
  if (!tree.find("report")) add_reports(pipeline.outcome.plan, table);
  put_reports(tree);
  return tree;
}

}  // namespace alidade::cli
