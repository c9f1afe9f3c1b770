#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace alidade::bench {

/// The bytes of a file, in one read; ends the program where there are none.
inline std::string slurp(const char* path) {
  std::string bytes;
  std::error_code missing;
  if (const auto size = std::filesystem::file_size(path, missing); !missing) bytes.resize(size);
  std::FILE* file = std::fopen(path, "rb");
  const auto read = file == nullptr ? 0 : std::fread(bytes.data(), 1, bytes.size(), file);
  if (read == 0 || read != bytes.size()) std::fprintf(stderr, "%s: cannot be read\n", path), std::exit(1);
  std::fclose(file);
  return bytes;
}

}  // namespace alidade::bench
