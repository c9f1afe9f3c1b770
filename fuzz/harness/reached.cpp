// Which places of the code the inputs reached: the counters that the compiler keeps for libFuzzer, and the
// addresses of the places beside them. At the end of the program they are written to $ALIDADE_REACHED, a line
// for each place: module, offset, and 1 where it was reached.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

struct Part {
  const std::uint8_t* counters;
  const std::uintptr_t* places;  // each an address and what it is
  std::size_t count;
};
std::vector<Part>& parts() {
  static std::vector<Part> all;
  return all;
}

void write_part(std::FILE* out, const Part& part) {
  Dl_info module{};
  for (std::size_t i = 0; i < part.count; ++i) {
    const auto place = part.places[2 * i];
    if (dladdr(reinterpret_cast<const void*>(place), &module) == 0) continue;
    std::fprintf(out, "%s 0x%zx %d\n", module.dli_fname,
                 static_cast<std::size_t>(place - reinterpret_cast<std::uintptr_t>(module.dli_fbase)),
                 part.counters[i] != 0 ? 1 : 0);
  }
}

void write_all() {
  const char* path = std::getenv("ALIDADE_REACHED");
  auto* out = path ? std::fopen(path, "w") : nullptr;
  if (!out) return;
  for (const auto& part : parts()) write_part(out, part);
  std::fclose(out);
}

}  // namespace

extern "C" void __sanitizer_cov_8bit_counters_init(const std::uint8_t* begin, const std::uint8_t* end) {
  if (parts().empty()) std::atexit(write_all);
  parts().push_back({begin, nullptr, static_cast<std::size_t>(end - begin)});
}

extern "C" void __sanitizer_cov_pcs_init(const std::uintptr_t* begin, const std::uintptr_t*) {
  parts().back().places = begin;
}
