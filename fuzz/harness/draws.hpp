#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>

namespace alidade::fuzz {

/// Dice whose throws are the bytes of an input; the least of everything once they are used up.
class Draws {
 public:
  explicit Draws(std::string_view bytes) : left_(bytes) {}
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    const auto range = static_cast<std::uint64_t>(high - low) + 1;
    std::uint64_t drawn = 0;
    for (std::uint64_t most = range - 1; most > 0; most >>= 8) drawn = drawn << 8 | byte();
    return low + static_cast<std::int64_t>(drawn % range);
  }
  template <class List>
  const auto& one_of(const List& list) {
    return list[static_cast<std::size_t>(roll(0, std::ssize(list) - 1))];
  }

 private:
  std::uint64_t byte() {
    if (left_.empty()) return 0;
    const auto first = static_cast<unsigned char>(left_[0]);
    left_.remove_prefix(1);
    return first;
  }
  std::string_view left_;
};

}  // namespace alidade::fuzz
