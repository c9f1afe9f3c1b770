// needs: archive_parts
// short: 1024
// covers: plugins/frontends/archive/zip* plugins/frontends/archive/kind.cpp
// Zip archives: the directory, and the contents of every entry.
#include "archive/kind.hpp"
#include "harness.hpp"
#include "zip_writer.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  constexpr std::uint64_t kMost = 1 << 16;
  const archive::MemorySource source(bytes);
  const auto zip = archive::ZipArchive::open(source, "m.zip");
  if (!zip) return;
  (void)archive::kind_of(*zip);
  for (const auto& entry : zip->entries()) {
    std::string room;
    const auto contents = zip->contents(entry, kMost, room);
    if (contents)
      promise(contents->size() <= kMost && contents->size() == entry.size, "an entry is as long as stated");
  }
}

Seeds seeds_of(const std::string& path) {
  if (path.ends_with(".pt2")) return whole_file(path, ".pt2", 32 << 10);
  if (!path.empty()) return whole_file(path, ".pt", 32 << 10);
  using tests::ZipWriter;
  ZipWriter many;
  for (int i = 0; i < 600; ++i) many.add("m/" + std::to_string(i), "");
  return {ZipWriter().add("m/version", "3\n").deflated("m/a.json", "{}{}{}{}{}{}{}{}").bytes(),
          ZipWriter().deflated("bomb", std::string(std::size_t{16} << 20, '\0')).bytes(),
          ZipWriter().add({"twice", "a"}).add({"twice", "b"}).bytes(), many.bytes(),
          ZipWriter().add({.name = "short", .data = "abc", .size = 9}).bytes()};
}

}  // namespace alidade::fuzz
