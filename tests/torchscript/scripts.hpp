#pragma once
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alidade/sdk/frontend.hpp"
#include "archive/zip.hpp"
#include "host/plugins/plugins.hpp"
#include "scratch_folder.hpp"
#include "zip_writer.hpp"

namespace torchscript_test {

using namespace alidade;
using Shapes = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

inline std::string data_file(const std::string& name) {
  return std::string(ALIDADE_SOURCE_DIR) + "/tests/data/torchscript/" + name;
}

/// The frontend in this process.
inline const Frontend& frontend() {
  static host::Plugins plugins({ALIDADE_PLUGIN_DIR});
  static const auto found = plugins.find("torchscript");
  if (!found) FAIL(found.error().what);
  static const auto made = (*found)->info.make({});
  return dynamic_cast<const Frontend&>(*made);
}

inline Result<Graph> read_file(const std::string& path, const Shapes& shapes = {}) {
  ReadRequest request;
  request.path = path, request.input_shapes = shapes;
  return frontend().read(request);
}
inline Graph read_case(const std::string& name, const Shapes& shapes = {}) {
  auto graph = read_file(data_file(name + ".pt"), shapes);
  if (!graph) FAIL(graph.error().what << " at " << graph.error().where);
  return std::move(*graph);
}

/// "what | where | fix", without the folder that the file was in.
inline std::string sentence(const Error& e, const std::string& folder = data_file("")) {
  auto text = e.what + " | " + e.where + " | " + e.fix;
  for (auto at = text.find(folder); !folder.empty() && at != std::string::npos; at = text.find(folder))
    text.erase(at, folder.size());
  return text;
}
/// What reading these bytes as m.pt fails with.
inline std::string refusal(std::string_view bytes, const Shapes& shapes = {}) {
  const tests::ScratchFolder folder;
  tests::write_text(folder / "m.pt", bytes);
  const auto graph = read_file(folder / "m.pt", shapes);
  return graph ? "no error" : sentence(graph.error(), folder / "");
}

/// The bytes of an entry, or another entry's in its place; nothing leaves it out.
using Edit = std::function<std::optional<std::string>(const std::string& entry, std::string bytes)>;

/// A small model of tests/data/torchscript with other entries, and some more.
inline std::string edited(const std::string& name, const Edit& edit,
                          const std::map<std::string, std::string>& more = {}) {
  archive::FileSource file(data_file(name + ".pt"));
  (void)file.open().has_value();
  const auto archive = archive::ZipArchive::open(file, name).value();
  tests::ZipWriter writer;
  for (const auto& entry : archive.entries()) {
    std::string room;
    const std::string bytes(archive.contents(entry, 1 << 30, room).value());
    if (auto kept = edit(entry.name.substr(name.size() + 1), bytes)) writer.add(entry.name, std::move(*kept));
  }
  for (const auto& [entry, bytes] : more) writer.add(name + "/" + entry, bytes);
  return writer.bytes();
}
/// The model with one text exchanged in its code, wherever it stands.
inline std::string with_code(const std::string& name, std::string_view from, const std::string& to) {
  bool found = false;
  auto bytes = edited(name, [&](const std::string& entry, std::string text) {
    const auto at = text.find(from);
    if (!entry.ends_with(".py") || at == std::string::npos) return text;
    found = true;
    return text.replace(at, from.size(), to);
  });
  CHECK(found);
  return bytes;
}

}  // namespace torchscript_test
