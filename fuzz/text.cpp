// covers: core/sdk/ir/parse.cpp core/sdk/ir/print.cpp core/sdk/ir/text_*
// The text form of a graph: what is read prints as a text that reads as the same.
#include "alidade/ir/print.hpp"
#include "harness.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  const auto graph = parse(bytes);
  if (!graph) return;
  (void)verify(*graph);
  const auto text = to_text(*graph);
  const auto again = parse(text);
  promise(again && to_text(*again) == text, "a graph that is printed reads as the same");
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".alg", 16 << 10);
  const std::string head = "graph \"m\" {\n input %x : f32[n,2]\n";
  return {head + nested(" %y = relu(%x) : f32[n,2]\n", 1000) + " return %x\n}",
          head + nested(" %c = if(%x) : f32[2] {\n", 200, "", " return %x\n }\n") + " return %x\n}",
          head + " input %z : f32[" + nested("(", 300, "n", ")") + "]\n return %x\n}",
          head + " %y = conv(" + nested("%x, ", 5000) + "%x) : f32[1]\n return %y\n}",
          "graph \"" + nested("\\x00", 5000) + "\" {\n}"};
}

}  // namespace alidade::fuzz
