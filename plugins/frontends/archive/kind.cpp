#include "kind.hpp"

#include <algorithm>

namespace alidade::archive {
namespace {

bool holds(const ZipArchive& archive, std::string_view part) {
  return std::ranges::any_of(archive.entries(), [&](const ZipEntry& e) { return e.name.contains(part); });
}

}  // namespace

bool is_program(const ZipEntry& e) {
  const auto folder = e.name.find('/');
  const auto rest =
      folder == std::string::npos ? std::string_view{} : std::string_view(e.name).substr(folder);
  return (rest.starts_with("/models/") && rest.ends_with(".json")) ||
         e.name.ends_with("serialized_exported_program.json");
}

Kind kind_of(const ZipArchive& archive) {
  if (archive.find("alidade_bundle.json")) return Kind::bundle;
  if (std::ranges::any_of(archive.entries(), is_program)) return Kind::exported_program;
  if (holds(archive, "/code/") && holds(archive, "/constants.pkl")) return Kind::torchscript;
  if (holds(archive, "/bytecode.pkl")) return Kind::mobile;
  if (holds(archive, "/data/aotinductor/")) return Kind::compiled;
  return holds(archive, "data.pkl") ? Kind::pickle : Kind::other;
}

}  // namespace alidade::archive
