// libFuzzer's entry points.
#include <cstdint>
#include <cstdlib>

#include "harness.hpp"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (alidade::fuzz::wrote_seeds(*argc, *argv)) std::exit(0);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  alidade::fuzz::try_bytes({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
