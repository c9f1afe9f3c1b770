// What an archive holds: an exported program, or something else that has its name.
#include <algorithm>

#include "alidade/base/text.hpp"
#include "program.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::uint64_t kMostJson = std::uint64_t{256} << 20;

std::unexpected<Error> no_program(const ZipArchive& archive) {
  const auto refuse = [&](const char* what, const char* fix) {
    return fail(Fault::model, what, archive.file(), fix);
  };
  constexpr const char* kExport = "export the model with torch.export.save";
  switch (archive::kind_of(archive)) {
    case archive::Kind::torchscript:
      return refuse("this is TorchScript", "use the torchscript frontend");
    case archive::Kind::mobile:
      return refuse("this is a TorchScript file for mobile devices, which holds no graph that can be read",
                    kExport);
    case archive::Kind::compiled:
      return refuse("this archive holds compiled code and no graph", kExport);
    case archive::Kind::pickle:
      return refuse("a state_dict has no graph", kExport);
    default:
      return refuse("the archive holds no exported program: there is no models/*.json in it", kExport);
  }
}

Result<const ZipEntry*> program_entry(const ZipArchive& archive) {
  std::vector<const ZipEntry*> found;
  for (const auto& e : archive.entries())
    if (archive::is_program(e)) found.push_back(&e);
  if (found.empty()) return no_program(archive);
  const auto usual =
      std::ranges::find_if(found, [](const ZipEntry* e) { return e->name.ends_with("/models/model.json"); });
  if (usual != found.end()) return *usual;
  if (found.size() == 1) return found[0];
  std::vector<std::string> names;
  for (const auto* e : found) names.push_back(text::quoted(e->name));
  return fail(Fault::model,
              "the archive holds " + std::to_string(found.size()) + " programs: " + text::join(names, ", "),
              archive.file(), "save each program in a file of its own");
}

Result<std::unique_ptr<Json>> parsed(const ZipArchive& archive, const ZipEntry& entry, std::string& room,
                                     Json::Budget& budget) {
  const auto bytes = archive.contents(entry, kMostJson, room);
  if (!bytes) return std::unexpected(bytes.error());
  auto json = Json::parse(*bytes, archive.file() + ":" + entry.name, budget);
  if (!json) return std::unexpected(std::move(json).error());
  return std::make_unique<Json>(std::move(*json));
}

/// A text beside the program; nothing when the archive has none.
Result<std::unique_ptr<Json>> beside(const ZipArchive& archive, const std::string& name, std::string& room,
                                     Json::Budget& budget) {
  const auto* entry = archive.find(name);
  return entry ? parsed(archive, *entry, room, budget) : Result<std::unique_ptr<Json>>(nullptr);
}

}  // namespace

Result<Program> load_program(const ZipArchive& archive, Json::Budget& budget) {
  const auto entry = program_entry(archive);
  if (!entry) return std::unexpected(entry.error());
  Program program;
  const auto slash = (*entry)->name.find('/');
  program.name = slash == std::string::npos ? "" : (*entry)->name.substr(0, slash);
  auto text = parsed(archive, **entry, program.text_room, budget);
  if (!text) return std::unexpected(std::move(text).error());
  auto weights =
      beside(archive, program.name + "/data/weights/model_weights_config.json", program.weights_room, budget);
  if (!weights) return std::unexpected(std::move(weights).error());
  auto extra = beside(archive, program.name + "/extra/alidade.json", program.extra_room, budget);
  if (!extra) return std::unexpected(std::move(extra).error());
  program.text = std::move(*text), program.weights = std::move(*weights), program.extra = std::move(*extra);
  return program;
}

}  // namespace alidade::dynamo
