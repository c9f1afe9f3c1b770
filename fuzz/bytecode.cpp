// needs: stablehlo_frontend
// short: 4096
// covers: plugins/frontends/stablehlo/bytecode/*
// StableHLO as MLIR bytecode, read from memory.
#include "bytecode_mutator.hpp"
#include "harness.hpp"
#include "stablehlo_frontend.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  ReadRequest request;
  request.path = "m.mlir", request.max_nodes = 10'000;
  (void)StablehloFrontend::read_text(bytes, request);
}

Seeds seeds_of(const std::string& path) {
  using namespace std::string_literals;
  if (path.empty()) return {"ML\xefR\x0dStableHLO_v1.0.0\0\x00\x03\x01"s};
  return whole_file(path, ".mlirbc", 64 << 10);
}

}  // namespace alidade::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size, std::size_t room,
                                               unsigned seed) {
  return alidade::fuzz::mutate(bytes, size, room, seed, alidade::fuzz::bytecode::mutated);
}
