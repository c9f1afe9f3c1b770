#include "held.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>

namespace alidade::fusion {
namespace {

constexpr std::size_t kExact = 6;

/// Operands are sorted, the largest first; of the first few, each is tried with and without.
std::uint64_t most_of(std::span<const std::uint64_t> operands, std::size_t exact, std::uint64_t room) {
  const auto all = std::accumulate(operands.begin(), operands.end(), std::uint64_t{0});
  if (all <= room) return all;
  const auto first = operands.front();
  const auto rest = operands.subspan(1);
  const auto left = exact > 0 ? exact - 1 : 0;
  if (first > room) return most_of(rest, left, room);
  const auto with = first + most_of(rest, left, room - first);
  return exact == 0 ? with : std::max(with, most_of(rest, left, room));
}

}  // namespace

std::uint64_t most_held(std::vector<std::uint64_t> operands, std::uint64_t room) {
  std::ranges::sort(operands, std::greater<>());
  return most_of(operands, kExact, room);
}

}  // namespace alidade::fusion
