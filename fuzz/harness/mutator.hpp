#pragma once
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* bytes, std::size_t size, std::size_t room);

namespace alidade::fuzz {

/// The choices of one mutation, all from the number that libFuzzer gives.
class Choice {
 public:
  explicit Choice(unsigned seed) : dice_(seed) {}
  std::size_t below(std::size_t n) { return n == 0 ? 0 : dice_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  /// A number of the kind that an index, a count or a size may be, and `old` nearly.
  std::uint64_t number(std::uint64_t old) {
    static constexpr std::uint64_t kNumbers[] = {0,           1,          2,          0x7f,       0x80,
                                                 0xffff,      0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
                                                 1ull << 62u, ~0ull >> 1, 1ull << 63, ~0ull};
    switch (below(4)) {
      case 0:
        return kNumbers[below(std::size(kNumbers))];
      case 1:
        return old + 1;
      case 2:
        return old - 1;
      default:
        return below(64);
    }
  }

 private:
  std::minstd_rand dice_;
};

/// What libFuzzer itself makes of a part.
inline std::string mutated_freely(std::string part, std::size_t more) {
  const auto size = part.size();
  part.resize(size + more);
  part.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(part.data()), size, part.size()));
  return part;
}

/// Mutates in place with `change(bytes, choice)`, in one case of four as libFuzzer would alone.
template <class Change>
std::size_t mutate(std::uint8_t* bytes, std::size_t size, std::size_t room, unsigned seed, Change&& change) {
  Choice choice(seed);
  if (choice.one_in(4)) return LLVMFuzzerMutate(bytes, size, room);
  const std::string made = change(std::string_view(reinterpret_cast<const char*>(bytes), size), choice);
  if (made.empty() || made.size() > room) return LLVMFuzzerMutate(bytes, size, room);
  std::memcpy(bytes, made.data(), made.size());
  return made.size();
}

}  // namespace alidade::fuzz
