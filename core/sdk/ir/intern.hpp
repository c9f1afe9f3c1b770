#pragma once
#include <cstdint>
#include <vector>

namespace alidade {

/// An open-addressing set of row numbers whose keys live elsewhere: rows are compared by content, stored
/// once.
class InternTable {
 public:
  /// The row equal to the key, or the one that `append` makes. `equal(row)` compares, `hash` is the key's.
  template <class Equal, class Append>
  std::uint32_t find_or_append(std::uint64_t hash, Equal&& equal, Append&& append) {
    if (count_ * 2 >= slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = mix(hash) & mask;; i = (i + 1) & mask) {
      if (slots_[i].row == kEmpty) {
        slots_[i] = {hash, append()};
        ++count_;
        return slots_[i].row;
      }
      if (slots_[i].hash == hash && equal(slots_[i].row)) return slots_[i].row;
    }
  }

  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  static constexpr std::uint32_t kEmpty = 0xffffffff;
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t row = kEmpty;
  };
  static std::size_t mix(std::uint64_t h) {
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15ull;
    return static_cast<std::size_t>(h ^ (h >> 29));
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& s : old) {
      if (s.row == kEmpty) continue;
      std::size_t i = mix(s.hash) & mask;
      while (slots_[i].row != kEmpty) i = (i + 1) & mask;
      slots_[i] = s;
    }
  }
  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace alidade
