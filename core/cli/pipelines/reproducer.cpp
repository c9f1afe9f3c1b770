#include "cli/pipelines/reproducer.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/hidden_names.hpp"
#include "host/config/effective.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

using host::ConfigNode;

constexpr std::string_view kEnd = "END_OF_FILE";

/// A model of the script: a graph in a file of its own, or the file that could not be read. A source's graph
/// has its sizes already; those of a file are asked for in the pipeline, as they were.
struct ModelFile {
  std::string id, path, text;
  std::string unread;  ///< why there is no text
  Bindings bindings;
  std::optional<std::int64_t> batch;
};

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

/// Those that flags asked for stand in no file.
void add_reports(const host::Plan& plan, ConfigNode::Table& table) {
  ConfigNode::List reports;
  for (const auto& step : plan.reports)
    reports.emplace_back(ConfigNode::Table{member("use", step.loaded->info.name)}, host::Place());
  if (!reports.empty()) table.push_back(member("report", std::move(reports)));
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

std::string config_of(const Pipeline& pipeline, const std::vector<ModelFile>& files) {
  const host::Lookup lookup{[&](std::string_view name) { return pipeline.plugins->find(name); }, {}};
  auto tree = host::with_defaults(pipeline.config, lookup);
  auto& table = std::get<ConfigNode::Table>(tree.value);
  if (!files.empty()) put_models(files, pipeline.outcome.plan, table);
  if (!tree.find("report")) add_reports(pipeline.outcome.plan, table);
  put_reports(tree);
  StringSink out;
  host::write_effective_toml(tree, false, out);
  return out.str();
}

/// "onnx 0.1.0 (onnx.so)", each plugin once.
std::set<std::string> plugins_of(const host::Plan& plan) {
  std::set<std::string> out;
  const auto add = [&](const host::Loaded* loaded) {
    if (loaded)
      out.insert(loaded->plugin + " " + loaded->version + " (" +
                 std::filesystem::path(loaded->library).filename().string() + ")");
  };
  for (const auto& model : plan.models)
    for (const auto& frontend : model.frontends) add(frontend.loaded);
  for (const auto& wave : plan.waves)
    for (const auto& step : wave) add(step.loaded);
  for (const auto& step : plan.hardware) add(step.loaded);
  for (const auto& step : plan.placements) add(step.loaded);
  for (const auto& step : plan.reports) add(step.loaded);
  return out;
}

/// Every line of a text behind a "#".
void write_comment(const std::string& text, Sink& out) {
  for (const auto& line : text::split(text, '\n')) out.write("#   " + text::printable(line) + "\n");
}

void write_head(const Reproducer& asked, const Pipeline& pipeline, const std::vector<ModelFile>& files,
                const std::vector<Error>& said, Sink& out) {
  out.write("#!/bin/sh\n# Written by alidade " ALIDADE_VERSION
            " --reproducer. sh FILE carries it out again, in a folder of its own;\n"
            "# ALIDADE names the program where it is not on the PATH.\n# Plugins:\n");
  for (const auto& plugin : plugins_of(pipeline.outcome.plan)) write_comment(plugin, out);
  for (const auto& file : files)
    if (!file.unread.empty() && !asked.hide_names)
      out.write("# Not in here, as it could not be read:\n"),
          write_comment(file.path + ": " + file.unread, out);
  if (said.empty() || asked.hide_names) return;
  out.write("# It said:\n");
  for (const auto& error : said) write_comment(to_text(error), out);
}

void write_file(const std::string& name, const std::string& text, Sink& out) {
  out.write("cat > " + name + " <<'" + std::string(kEnd) + "'\n" + text);
  if (!text.ends_with('\n')) out.write("\n");
  out.write(std::string(kEnd) + "\n");
}

}  // namespace

Result<void> write_reproducer(const Reproducer& asked, const Pipeline& pipeline,
                              const std::vector<Error>& said) {
  std::vector<ModelFile> files;
  const auto& plan = pipeline.outcome.plan;
  if (pipeline.outcome.mistakes.empty())  // else there is no plan: the config is what fails
    for (const auto& step : plan.models)
      files.push_back(file_of(step, plan.limits, files.size() + 1, asked.hide_names));
  StringSink out;
  write_head(asked, pipeline, files, said, out);
  out.write("cd \"$(mktemp -d)\" || exit\n");
  write_file("pipeline.toml", config_of(pipeline, files), out);
  for (const auto& file : files)
    if (file.unread.empty()) write_file(file.path, file.text, out);
  out.write("exec \"${ALIDADE:-alidade}\" run pipeline.toml\n");
  return write_output(asked.file, plan.inputs, [&](Sink& to) { to.write(out.str()); });
}

}  // namespace alidade::cli
