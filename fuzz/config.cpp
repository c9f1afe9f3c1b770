// needs: alidade_host
// runs: analyses
// covers: core/host/config/read.cpp core/host/config/files.cpp core/host/config/merge.cpp
// covers: core/host/config/check.cpp core/host/config/keys.cpp core/host/config/axis.cpp
// covers: core/host/config/env.cpp core/host/config/print.cpp
// A pipeline as the program reads it: the file, the devices that it names, what it comes to when it is typed,
// and the same written down with its mistakes.
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "harness.hpp"
#include "host/config/config.hpp"
#include "host/config/effective.hpp"

namespace alidade::fuzz {
namespace {

host::Config read(std::string_view bytes, std::vector<host::Mistake>& mistakes) {
  std::istringstream text{std::string(bytes)};
  auto* before = std::cin.rdbuf(text.rdbuf());
  std::cin.clear();
  auto config = host::read_config({.files = {"-"}, .sets = {}}, mistakes);
  std::cin.rdbuf(before);
  return config;
}

/// Those of the file stand before those that the program knows, which are there once more when it is read
/// again.
std::string without_families(std::string text) {
  constexpr std::string_view kFamily = "\n[[family]]\n";
  for (auto at = text.find(kFamily); at != text.npos; at = text.find(kFamily, at)) {
    const auto next = text.find("\n\n", at + kFamily.size());
    text.erase(at, next == text.npos ? next : next + 1 - at);
  }
  return text;
}

}  // namespace

void try_bytes(std::string_view bytes) {
  static const int share = setenv("ALIDADE_SHARE", ALIDADE_SOURCE_DIR, 1);
  promise(share == 0, "the environment can be set");
  if (bytes.contains("include")) return;  // which names files of this machine
  std::vector<host::Mistake> mistakes;
  const auto config = read(bytes, mistakes);
  promise(config.complete == mistakes.empty(), "a config is complete, or has a mistake");
  for (const char c : host::to_text(mistakes))
    promise(c == '\n' || static_cast<unsigned char>(c) >= ' ', "a message has no control characters");
  StringSink text, json;
  host::write_json(mistakes, json);
  if (!config.complete) return;
  host::write_effective_toml(*config.written, false, text);
  host::write_effective_json(*config.written, true, json);
  std::vector<host::Mistake> others;
  const auto again = read(text.str(), others);
  StringSink twice;
  if (others.empty()) host::write_effective_toml(*again.written, false, twice);
  promise(others.empty() && without_families(twice.str()) == without_families(text.str()),
          "a pipeline that is written down reads as the same");
}

Seeds seeds_of(const std::string& path) {
  if (path.empty())
    return {"[[axis]]\nkey = \"batch\"\nvalues = [1, 2, 4]\n",
            "[limits]\nmemory_mib = 1\nmax_nodes = 99999999999\n",
            "[[model]]\npath = \"a.onnx\"\nbatch = [1, 2]\nbind = { n = 3 }\ninput_shape = { x = [1, 3] }\n",
            "[[test]]\nthat = \"macs < 1G and ${env:HOME} == '$${env:x}'\"\n",
            "[[operator]]\nop = \"acme::rope\"\nflops = \"6 * elements\"\n"};
  return whole_file(path, ".toml", 16 << 10);
}

}  // namespace alidade::fuzz
