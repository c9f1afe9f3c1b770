#include "harness.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "alidade/base/file.hpp"

namespace alidade::fuzz {
namespace {

void write_seeds(const std::filesystem::path& folder, const std::string& path) {
  for (const auto& seed : seeds_of(path)) {
    const auto name = std::filesystem::path(path).filename().string();
    std::ofstream(folder / (name + "-" + std::to_string(std::hash<std::string>{}(seed))), std::ios::binary)
        << seed;
  }
}

}  // namespace

bool wrote_seeds(int count, char** arguments) {
  const char* folder = std::getenv("ALIDADE_FUZZ_SEEDS");
  if (!folder) return false;
  write_seeds(folder, {});
  for (int i = 1; i < count; ++i) write_seeds(folder, arguments[i]);
  return true;
}

Seeds whole_file(const std::string& path, std::string_view ending, std::size_t most) {
  if (!path.ends_with(ending)) return {};
  const auto file = FileBytes::open(path);
  return file && file->view().size() <= most ? Seeds{std::string(file->view())} : Seeds{};
}

std::string nested(std::string_view open, std::size_t depth, std::string_view core, std::string_view close) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += open;
  out += core;
  for (std::size_t i = 0; i < depth; ++i) out += close;
  return out;
}

void promise(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "a promise is broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace alidade::fuzz
