// needs: archive_parts
// Zip archives: the directory, and the contents of every entry.
#include "archive/zip.hpp"
#include "alidade/base/file.hpp"
#include "harness.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  const archive::MemorySource source(bytes);
  const auto zip = archive::ZipArchive::open(source, "m.zip");
  if (!zip) return;
  for (const auto& entry : zip->entries()) {
    std::string room;
    (void)zip->contents(entry, 1 << 20, room);
  }
}

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".pt2") && !path.ends_with(".pt")) return {};
  const auto file = FileBytes::open(path);
  return file && file->view().size() < (32 << 10) ? std::vector{std::string(file->view())}
                                                  : std::vector<std::string>{};
}

}  // namespace alidade::fuzz
