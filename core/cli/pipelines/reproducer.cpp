#include "cli/pipelines/reproducer.hpp"

#include <filesystem>
#include <set>

#include "alidade/base/text.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/portable.hpp"
#include "host/config/effective.hpp"

namespace alidade::cli {
namespace {

constexpr std::string_view kEnd = "END_OF_FILE";

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
    files = portable_models(plan, asked.hide_names);
  StringSink out;
  write_head(asked, pipeline, files, said, out);
  out.write("cd \"$(mktemp -d)\" || exit\n");
  StringSink config;
  host::write_effective_toml(portable_config(pipeline, files), false, config);
  write_file("pipeline.toml", config.str(), out);
  for (const auto& file : files)
    if (file.unread.empty()) write_file(file.path, file.text, out);
  out.write("exec \"${ALIDADE:-alidade}\" run pipeline.toml\n");
  return write_output(asked.file, plan.inputs, [&](Sink& to) { to.write(out.str()); });
}

}  // namespace alidade::cli
