// needs: dynamo_parts
// short: 4096
// covers: plugins/frontends/dynamo/*
// The JSON text of an exported program, alone in an archive in memory.
#include "harness.hpp"
#include "reader.hpp"
#include "zip_writer.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  const auto archive = tests::ZipWriter().add("m/models/model.json", std::string(bytes)).bytes();
  ReadRequest request;
  request.path = "m.pt2", request.max_nodes = 10'000;
  (void)dynamo::read_archive(archive::MemorySource(archive), request, -1);
}

Seeds seeds_of(const std::string& path) {
  if (path.empty())
    return {R"({"schema_version": {"major": 8, "minor": 1}, "graph_module": {"graph": {"nodes": []}}})"};
  if (!path.ends_with(".pt2")) return {};
  archive::FileSource file(path);
  if (!file.open()) return {};
  const auto zip = archive::ZipArchive::open(file, path);
  Seeds seeds;
  for (const auto& entry : zip ? zip->entries() : std::vector<archive::ZipEntry>{}) {
    std::string room;
    if (!entry.name.ends_with("models/model.json") || entry.size > (64 << 10)) continue;
    if (const auto text = zip->contents(entry, entry.size, room)) seeds.emplace_back(*text);
  }
  return seeds;
}

}  // namespace alidade::fuzz
