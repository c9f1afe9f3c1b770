// needs: alidade_host
// covers: core/host/config/device.cpp core/host/support/read.cpp core/host/config/text.cpp
// Files of devices and of what they run, each with its mistakes written out.
#include "host/config/device.hpp"
#include "alidade/base/sink.hpp"
#include "harness.hpp"
#include "host/support/rules.hpp"

namespace alidade::fuzz {
namespace {

void write_out(std::vector<host::Mistake> mistakes, const host::Source& text) {
  host::settle(mistakes, std::span(&text, 1));
  for (const char c : host::to_text(mistakes))
    promise(c == '\n' || static_cast<unsigned char>(c) >= ' ', "a message has no control characters");
  StringSink json;
  host::write_json(mistakes, json);
}

}  // namespace

void try_bytes(std::string_view bytes) {
  const host::Source text{"m.toml", std::string(bytes)};
  std::vector<host::Mistake> mistakes;
  const auto device = host::device_in(text, mistakes);
  promise(device.has_value() == mistakes.empty(), "a device or a mistake");
  write_out(std::move(mistakes), text);
  mistakes = {};
  if (bytes.contains("extends")) return;  // which names a file of this machine
  const auto rules = host::support_in(text, mistakes);
  promise((rules != nullptr) == mistakes.empty(), "rules or a mistake");
  write_out(std::move(mistakes), text);
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".toml", 16 << 10);
  return {"schema = \"alidade.device/1\"\nuse = \"gpu.kernels\"\ndram_gbps = 300\n",
          "schema = \"alidade.support/1\"\n[otherwise]\nverdict = \"native\"\nsource = \"a page\"\n[[rule]]\n"
          "ops = [\"conv\"]\nwhen = \"groups > 1\"\nverdict = \"slow\"\nfactor = 2.5\nreason = \"r\"\nsource "
          "= \"s\"\n",
          "\xff", "schema = \"\u001b[31m\"\n\"\u202e\" = 1\n"};
}

}  // namespace alidade::fuzz
