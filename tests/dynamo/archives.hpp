#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive.hpp"
#include "reader.hpp"
#include "scratch_folder.hpp"
#include "zip_writer.hpp"

namespace dynamo_test {

using alidade::tests::ZipWriter;

inline std::string data_file(const std::string& name) {
  return std::string(ALIDADE_SOURCE_DIR) + "/tests/data/dynamo/" + name;
}

inline alidade::Result<alidade::Graph> read_file(const std::string& path, alidade::ReadRequest request = {},
                                                 std::int64_t partition = -1) {
  request.path = path;
  return alidade::dynamo::read_archive(request, partition);
}

/// An error without the folder that the file was in: "what | where | fix".
inline std::string sentence(const alidade::Error& e, const std::string& folder) {
  auto text = e.what + (e.where.empty() ? "" : " | " + e.where) + (e.fix.empty() ? "" : " | " + e.fix);
  for (auto at = text.find(folder); !folder.empty() && at != std::string::npos; at = text.find(folder))
    text.erase(at, folder.size());
  return text;
}

/// What reading these bytes as m.pt2 fails with.
inline std::string refusal(std::string_view bytes, alidade::ReadRequest request = {}) {
  const alidade::tests::ScratchFolder folder;
  alidade::tests::write_text(folder / "m.pt2", bytes);
  const auto graph = read_file(folder / "m.pt2", std::move(request));
  return graph ? "no error" : sentence(graph.error(), folder / "");
}

/// The JSON text of a file in tests/data/dynamo.
inline std::string json_of(const std::string& name) {
  const auto path = data_file(name + ".pt2");
  alidade::dynamo::FileSource file(path);
  (void)file.open().has_value();
  const auto archive = alidade::dynamo::ZipArchive::open(file, path).value();
  std::string room;
  return std::string(archive.contents(*archive.find(name + "/models/model.json"), 1 << 30, room).value());
}

/// The text with the first `from` exchanged, which must be there.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) return "not found: " + std::string(from);
  return text.replace(at, from.size(), to);
}

/// An archive that holds one program.
inline std::string archive_of(const std::string& json) {
  return ZipWriter().deflated("m/models/model.json", json).bytes();
}

}  // namespace dynamo_test
