// needs: stablehlo_frontend
// short: 1024
// covers: plugins/frontends/stablehlo/text/* plugins/frontends/stablehlo/map/*
// StableHLO as text, read from memory.
#include "harness.hpp"
#include "stablehlo_frontend.hpp"

namespace alidade::fuzz {
namespace {

std::string function_of(const std::string& type, const std::string& body) {
  return "func.func @main(%a: " + type + ") -> " + type + " {\n" + body + "  return %a : " + type + "\n}\n";
}

}  // namespace

void try_bytes(std::string_view bytes) {
  if (bytes.starts_with("ML\xefR")) return;  // bytecode has a harness of its own
  ReadRequest request;
  request.path = "m.mlir", request.max_nodes = 10'000;
  (void)StablehloFrontend::read_text(bytes, request);
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return whole_file(path, ".mlir", 64 << 10);
  const std::string tensor = "tensor<2x?xf32>";
  return {
      function_of(nested("tuple<", 300, tensor, ">"), ""),
      function_of(tensor, nested("  %b = stablehlo.add %a, %a : tensor<2x?xf32>\n", 1000)),
      function_of(tensor,
                  "  %0 = \"x.y\"() {a = " + nested("[", 300, "1", "]") + "} : () -> tensor<1xf32>\n"),
      function_of(tensor, nested("  %0 = \"stablehlo.if\"(%a) ({\n", 200, "", "}) : (tensor<i1>) -> ()\n")),
      function_of("tensor<" + nested("9x", 100) + "9999999999999999999xf32>", ""),
      "#loc1 = loc(" + nested("callsite(", 500, "\"a\"", " at unknown)") + ")\n" + function_of(tensor, "")};
}

}  // namespace alidade::fuzz
