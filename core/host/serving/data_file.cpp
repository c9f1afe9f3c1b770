#include "data_file.hpp"

#include <algorithm>
#include <filesystem>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "host/config/toml.hpp"

namespace alidade::host::serving {
namespace {
namespace fs = std::filesystem;

std::string folder_of(std::string_view folder) { return share_folder() + "/config/" + std::string(folder); }

std::unexpected<Error> wrong(const Mistake& mistake) {
  auto where = mistake.place.file;
  if (mistake.place.line > 0) where += ":" + std::to_string(mistake.place.line);
  return fail(Fault::config, mistake.what, where, mistake.fix);
}

}  // namespace

std::vector<std::string> data_names(std::string_view folder) {
  std::vector<std::string> out;
  std::error_code none;
  for (fs::directory_iterator entry(folder_of(folder), none), end; !none && entry != end;
       entry.increment(none))
    if (entry->path().extension() == ".toml") out.push_back(entry->path().stem().string());
  std::ranges::sort(out);
  return out;
}

Result<ConfigNode> read_data(std::string_view folder, std::string_view schema, const std::string& name) {
  const auto names = data_names(folder);
  const bool own = name.ends_with(".toml");
  if (!own && std::ranges::find(names, name) == names.end())
    return fail(Fault::config,
                "there is nothing called " + text::quoted(name) + " in config/" + std::string(folder) +
                    text::did_you_mean(name, names),
                {}, "there are " + text::join(names, ", ") + "; or give the path of a .toml file");
  const auto path = own ? name : folder_of(folder) + "/" + name + ".toml";
  const auto bytes = FileBytes::open(path);
  if (!bytes) return std::unexpected(bytes.error());
  auto table = parse_toml(bytes->view(), {path});
  if (!table) return wrong(table.error());
  const auto* said = table->text("schema");
  if (!said || *said != schema)
    return fail(Fault::config, "'schema' is not " + text::quoted(schema), path,
                "the file begins with schema = " + text::quoted(schema));
  return std::move(*table);
}

std::optional<double> number(const ConfigNode& table, std::string_view key) {
  const auto* node = table.find(key);
  if (!node) return std::nullopt;
  if (const auto* real = node->as<double>()) return *real;
  if (const auto* whole = node->as<std::int64_t>()) return static_cast<double>(*whole);
  return std::nullopt;
}

}  // namespace alidade::host::serving
