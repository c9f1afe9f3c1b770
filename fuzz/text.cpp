// The text form of a graph: what is read prints as a text that reads as the same.
#include <cstdlib>

#include "alidade/base/file.hpp"
#include "alidade/ir/print.hpp"
#include "harness.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  const auto graph = parse(bytes);
  if (!graph) return;
  (void)verify(*graph);
  const auto text = to_text(*graph);
  const auto again = parse(text);
  if (!again || to_text(*again) != text) std::abort();
}

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".alg")) return {};
  const auto file = FileBytes::open(path);
  return file && file->view().size() < (16 << 10) ? std::vector{std::string(file->view())}
                                                  : std::vector<std::string>{};
}

}  // namespace alidade::fuzz
