#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace alidade::memory {

/// An allocator that grows: each block in the smallest gap that holds it.
class BestFit {
 public:
  std::uint64_t take(std::uint64_t bytes);
  void give(std::uint64_t offset, std::uint64_t bytes);
  [[nodiscard]] std::uint64_t arena() const { return arena_; }

 private:
  /// At the end of the arena, over a gap that reaches there.
  std::uint64_t grow(std::uint64_t bytes);
  void add(std::uint64_t offset, std::uint64_t bytes);
  void remove(std::uint64_t offset, std::uint64_t bytes);

  std::map<std::uint64_t, std::uint64_t> gaps_;  // offset: size
  std::set<std::pair<std::uint64_t, std::uint64_t>> by_size_;
  std::uint64_t arena_ = 0;
};

}  // namespace alidade::memory
