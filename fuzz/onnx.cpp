// needs: onnx_bodies
// ONNX files, read from memory.
#include "alidade/base/file.hpp"
#include "harness.hpp"
#include "onnx_frontend.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  ReadRequest request;
  request.path = "m.onnx", request.max_nodes = 10'000;
  (void)OnnxFrontend::read_bytes(bytes, request);
}

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".onnx")) return {};
  const auto file = FileBytes::open(path);
  return file && file->view().size() < (64 << 10) ? std::vector{std::string(file->view())}
                                                  : std::vector<std::string>{};
}

}  // namespace alidade::fuzz
