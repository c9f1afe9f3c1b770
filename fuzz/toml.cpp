// needs: alidade_host
// covers: core/host/config/toml.cpp core/host/config/guard.cpp core/host/config/node.cpp
// TOML through our own guard and toml++: what is read, written down on one line, reads as the same.
#include "host/config/toml.hpp"
#include "harness.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  const auto read = host::parse_toml(bytes, {"m.toml"});
  if (!read) return promise(!read.error().what.empty(), "a mistake is told in words");
  const auto written = "all = " + host::to_toml(*read);
  const auto again = host::parse_toml(written, {"again.toml"});
  if (!again) return;  // a key of many parts is one of many levels
  promise(host::to_toml(*again->find("all")) == host::to_toml(*read), "TOML reads back as what was written");
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".toml", 16 << 10);
  return {"a = 1\nb.c = [1.5, inf, -nan, 0x1f, 0o7, 0b1, 1_000]\n[[t]]\nd = 1979-05-27T07:32:00Z\n[t.u]\n",
          "s = \"\\u00e9\\n\"\nm = \"\"\"\na\\\n  b\"\"\"\"\nl = 'x'\nn = '''\ny'''''\ni = { a = 1, \"b c\" "
          "= {} }\n",
          "\xef\xbb\xbf# c\r\na=true\r\n",
          "a = " + nested("[", 64, {}, "]"),
          "a = " + nested("[", 65, {}, "]"),
          "a = " + nested("{a=", 64, "1", "}"),
          '[' + nested("a.", 63, "a") + "]\n",
          '[' + nested("a.", 60'000 / 2, "a") + "]\n",
          "a = [" + nested("1,", 30'000) + "]",
          nested("[a]\n", 10'000),
          nested("[[a]]\n", 10'000),
          "a = \"" + nested("\\n", 30'000) + '"'};
}

}  // namespace alidade::fuzz
