// needs: alidade_host alidade_plugins
// runs: analyses
// short: 8192
// covers: core/sdk/ir/wire.cpp core/sdk/ir/adopt*
// A graph in wire form, as a worker sends it, behind a header that is true; what is adopted goes through
// every analysis and report, a lowering for every backend and an estimate on a device.
#include <cstring>

#include "alidade/ir/print.hpp"
#include "every_pass.hpp"
#include "harness.hpp"
#include "mutator.hpp"

namespace alidade::fuzz {
namespace {

constexpr std::size_t kHead = 24;

/// The header's checksum, written out here once more.
std::uint64_t checksum(std::string_view body) {
  constexpr std::uint64_t kPrime = 1099511628211ull;
  std::uint64_t sum = 14695981039346656037ull;
  for (; body.size() >= 8; body.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, body.data(), sizeof word);
    sum = (sum ^ word) * kPrime, sum ^= sum >> 29;
  }
  for (const char c : body) sum = (sum ^ static_cast<unsigned char>(c)) * kPrime;
  return sum;
}

std::string with_head(std::string_view body) {
  const std::uint64_t numbers[] = {body.size(), checksum(body)};
  std::string out = "ALGRAPH1";
  out.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  return out += body;
}

/// Mostly one whole word, of the kind that an index or a count may be.
std::string mutated(std::string_view bytes, Choice& choice) {
  std::string out(bytes);
  if (out.size() < 8) return {};
  for (auto left = 1 + choice.below(3); left > 0; --left) {
    const auto at = choice.below(out.size() / 4) * 4;
    std::uint32_t word = 0;
    std::memcpy(&word, out.data() + at, sizeof word);
    word = static_cast<std::uint32_t>(choice.number(word));
    std::memcpy(out.data() + at, &word, sizeof word);
  }
  return out;
}

}  // namespace

void try_bytes(std::string_view bytes) {
  static const tests::EveryPass every(ALIDADE_PLUGIN_DIR);
  const auto graph = from_wire(with_head(bytes));
  if (graph) every.run(*graph);
}

Seeds seeds_of(const std::string& path) {
  const auto texts = path.empty() ? Seeds{"graph \"m\" {\n input %x : f32[n,3]\n parameter %w : f32[3,4]\n"
                                          " %y = matmul(%x, %w) : f32[n,4]\n return %y\n}"}
                                  : whole_file(path, ".alg", std::size_t{64} << 10);
  Seeds seeds;
  for (const auto& text : texts)
    if (const auto graph = parse(text))
      if (auto wire = to_wire(*graph); wire.size() < (32 << 10)) seeds.push_back(wire.substr(kHead));
  return seeds;
}

}  // namespace alidade::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size, std::size_t room,
                                               unsigned seed) {
  return alidade::fuzz::mutate(bytes, size, room, seed, alidade::fuzz::mutated);
}
