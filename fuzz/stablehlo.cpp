// needs: stablehlo_frontend
// StableHLO as text, read from memory.
#include "alidade/base/file.hpp"
#include "harness.hpp"
#include "stablehlo_frontend.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  ReadRequest request;
  request.path = "m.mlir", request.max_nodes = 10'000;
  (void)StablehloFrontend::read_text(bytes, request);
}

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".mlir")) return {};
  const auto file = FileBytes::open(path);
  return file && file->view().size() < (64 << 10) ? std::vector{std::string(file->view())}
                                                  : std::vector<std::string>{};
}

}  // namespace alidade::fuzz
