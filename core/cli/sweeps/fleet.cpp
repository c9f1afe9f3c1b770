#include "cli/sweeps/fleet.hpp"

#include <filesystem>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/portable.hpp"
#include "host/config/effective.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

namespace fs = std::filesystem;
using host::ConfigNode;

/// The axes in force as entries, in place of those of the files.
void put_axes(std::span<const host::AxisUse> axes, ConfigNode& pipeline) {
  auto& table = std::get<ConfigNode::Table>(pipeline.value);
  std::erase_if(table, [](const auto& member) { return member.key == "axis"; });
  ConfigNode::List entries;
  for (const auto& axis : axes) {
    ConfigNode::List values;
    for (const auto& value : axis.values) values.push_back({value.value, {}});
    entries.push_back(
        {ConfigNode::Table{{"key", {}, {axis.key.value, {}}}, {"values", {}, {std::move(values), {}}}}, {}});
  }
  table.push_back({"axis", {}, {std::move(entries), {}}});
}

/// What the one who hands parts out has to know.
std::string description(const sweep::Points& points, const std::vector<ModelFile>& files) {
  StringSink out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.text("schema", "alidade.sweep_job/1");
  writer.text("program", points.head().program());
  writer.count("points", points.count());
  writer.count("points_of_a_unit", points.targets.size());
  writer.count("units_of_a_model", points.sizes.size());
  writer.begin_array("models");
  for (const auto& file : files) {
    writer.begin_object();
    writer.text("id", file.id), writer.text("file", file.path);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return out.str() + "\n";
}

Result<void> write_files(const fs::path& folder,
                         const std::vector<std::pair<std::string, std::string>>& files) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(Fault::output,
                "cannot make the folder " + text::quoted(folder.string()) + ": " + error.message(), {},
                "name another one");
  for (const auto& [name, content] : files)
    if (auto ok = write_output((folder / name).string(), {}, [&](Sink& out) { out.write(content); }); !ok)
      return ok;
  return {};
}

}  // namespace

int write_job(const std::string& folder, const Pipeline& pipeline, const sweep::Points& points,
              std::span<const host::AxisUse> axes) {
  const auto files = portable_models(pipeline.outcome.plan, false);
  std::vector<std::pair<std::string, std::string>> content;
  for (const auto& file : files) {
    if (!file.unread.empty())
      return say(Error{Fault::model, file.unread, file.path, {}}), host::exit_code(Fault::model);
    content.emplace_back(file.path, file.text);
  }
  auto config = portable_config(pipeline, files);
  put_axes(axes, config);
  StringSink toml;
  host::write_effective_toml(config, false, toml);
  content.emplace_back("pipeline.toml", toml.str());
  content.emplace_back("job.json", description(points, files));
  const auto written = write_files(folder, content);
  if (!written) return say(written.error()), host::exit_code(written.error().fault);
  return host::kDone;
}

}  // namespace alidade::cli
