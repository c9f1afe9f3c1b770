// needs: alidade_host alidade_plugins
// A graph in wire form, as a worker sends it; what is adopted goes through every analysis and report.
#include <cstdint>
#include <cstring>
#include <random>

#include "alidade/base/file.hpp"
#include "alidade/ir/print.hpp"
#include "every_pass.hpp"
#include "harness.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* bytes, std::size_t size, std::size_t room);

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  static const tests::EveryPass every(ALIDADE_PLUGIN_DIR);
  if (const auto graph = from_wire(bytes)) every.run(*graph);
}

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".alg")) return {};
  const auto file = FileBytes::open(path);
  const auto graph = file ? parse(file->view()) : fail(Fault::model, "");
  if (!graph) return {};
  auto wire = to_wire(*graph);
  return wire.size() < (32 << 10) ? std::vector{std::move(wire)} : std::vector<std::string>{};
}

}  // namespace alidade::fuzz

/// Mostly one whole word, of the kind that an index or a count may be; sometimes what libFuzzer thinks of.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size, std::size_t room,
                                               unsigned seed) {
  std::minstd_rand dice(seed);
  constexpr std::size_t kHead = 24;
  if (size < kHead + 8 || dice() % 4 == 0) return LLVMFuzzerMutate(bytes, size, room);
  for (auto left = 1 + dice() % 3; left > 0; --left) {
    const auto at = kHead + (dice() % ((size - kHead) / 4)) * 4;
    static constexpr std::uint32_t kWords[] = {0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    std::uint32_t word = 0;
    std::memcpy(&word, bytes + at, sizeof word);
    const auto kind = dice() % 4;
    word = kind == 0 ? kWords[dice() % 8] : kind == 1 ? word + 1 : kind == 2 ? word - 1 : dice() % 64;
    std::memcpy(bytes + at, &word, sizeof word);
  }
  return size;
}
