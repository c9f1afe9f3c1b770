// Gives a harness its own seeds and every input of the folders that are its arguments: in each build, with
// each build's checks.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness.hpp"

namespace fs = std::filesystem;

/// What a mutator would call of libFuzzer: there is none here.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t*, std::size_t size, std::size_t) { return size; }

namespace {

std::vector<fs::path> files_of(const char* folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

}  // namespace

int main(int count, char** folders) {
  using namespace alidade::fuzz;
  if (wrote_seeds(count, folders)) return 0;
  std::size_t replayed = 0;
  // What is told last is what a crash was about.
  for (const auto& seed : seeds_of({})) std::fprintf(stderr, "seed %zu\n", replayed++), try_bytes(seed);
  for (int i = 1; i < count; ++i)
    for (const auto& path : files_of(folders[i])) {
      std::fprintf(stderr, "%s\n", path.c_str()), ++replayed;
      std::ifstream file(path, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      try_bytes(bytes);
    }
  std::printf("%zu inputs\n", replayed);
  return replayed > 0 ? 0 : 1;
}
