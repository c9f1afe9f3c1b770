// libFuzzer's entry points. With ALIDADE_FUZZ_SEEDS=FOLDER the program writes its seeds there, made of the
// files that are its arguments, and ends.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "harness.hpp"

namespace {

void write_seeds(const std::filesystem::path& folder, int count, char** files) {
  for (int i = 1; i < count; ++i)
    for (const auto& seed : alidade::fuzz::seeds_of(files[i])) {
      const auto name = std::filesystem::path(files[i]).filename().string();
      std::ofstream(folder / (name + "-" + std::to_string(std::hash<std::string>{}(seed))), std::ios::binary)
          << seed;
    }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const char* folder = std::getenv("ALIDADE_FUZZ_SEEDS");
  if (!folder) return 0;
  write_seeds(folder, *argc, *argv);
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  alidade::fuzz::try_bytes({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
