// Where tensors lie in one arena.
#include <algorithm>
#include <map>
#include <set>

#include "schedule.hpp"

namespace alidade::memory {
namespace {

constexpr std::size_t kBySize = 4096;  // tensors; above, only the quick plan

/// The largest first, each at the lowest place that is free all its life.
std::uint64_t place_by_size(std::span<const TensorLife> tensors, std::vector<std::uint64_t>& offsets) {
  std::vector<std::size_t> order(tensors.size()), placed;  // placed: by offset
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](auto a, auto b) { return tensors[a].bytes > tensors[b].bytes; });
  std::uint64_t arena = 0;
  for (const auto i : order) {
    std::uint64_t offset = 0;
    for (const auto j : placed) {
      if (tensors[j].last < tensors[i].first || tensors[i].last < tensors[j].first) continue;
      if (offset + tensors[i].bytes.value <= offsets[j]) break;
      offset = std::max(offset, offsets[j] + tensors[j].bytes.value);
    }
    offsets[i] = offset;
    arena = std::max(arena, offset + tensors[i].bytes.value);
    placed.insert(std::ranges::upper_bound(placed, offset, {}, [&](auto j) { return offsets[j]; }), i);
  }
  return arena;
}

/// As an allocator would: in order of time, each in the smallest gap that holds it.
class BestFit {
 public:
  std::uint64_t take(std::uint64_t bytes) {
    if (bytes == 0) return 0;
    const auto found = by_size_.lower_bound({bytes, 0});
    if (found == by_size_.end()) return grow(bytes);
    const auto [size, offset] = *found;
    remove(offset, size);
    if (size > bytes) add(offset + bytes, size - bytes);
    return offset;
  }
  void give(std::uint64_t offset, std::uint64_t bytes) {
    if (bytes == 0) return;
    const auto next = gaps_.lower_bound(offset);
    if (next != gaps_.end() && next->first == offset + bytes) {
      bytes += next->second;
      remove(next->first, next->second);
    }
    const auto after = gaps_.lower_bound(offset);
    if (after != gaps_.begin() && std::prev(after)->first + std::prev(after)->second == offset) {
      const auto [begin, size] = *std::prev(after);
      remove(begin, size);
      offset = begin, bytes += size;
    }
    add(offset, bytes);
  }
  [[nodiscard]] std::uint64_t arena() const { return arena_; }

 private:
  /// At the end of the arena, over a gap that reaches there.
  std::uint64_t grow(std::uint64_t bytes) {
    std::uint64_t offset = arena_;
    if (!gaps_.empty() && gaps_.rbegin()->first + gaps_.rbegin()->second == arena_) {
      offset = gaps_.rbegin()->first;
      remove(offset, arena_ - offset);
    }
    arena_ = offset + bytes;
    return offset;
  }
  void add(std::uint64_t offset, std::uint64_t bytes) {
    gaps_[offset] = bytes;
    by_size_.insert({bytes, offset});
  }
  void remove(std::uint64_t offset, std::uint64_t bytes) {
    gaps_.erase(offset);
    by_size_.erase({bytes, offset});
  }

  std::map<std::uint64_t, std::uint64_t> gaps_;  // offset: size
  std::set<std::pair<std::uint64_t, std::uint64_t>> by_size_;
  std::uint64_t arena_ = 0;
};

std::uint64_t place_in_time(std::span<const TensorLife> tensors, std::vector<std::uint64_t>& offsets) {
  std::vector<std::size_t> ending(tensors.size());
  for (std::size_t i = 0; i < ending.size(); ++i) ending[i] = i;
  std::ranges::stable_sort(ending, {}, [&](auto i) { return tensors[i].last; });
  BestFit memory;
  std::size_t ended = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    for (; tensors[ending[ended]].last < tensors[i].first; ++ended)
      memory.give(offsets[ending[ended]], tensors[ending[ended]].bytes.value);
    offsets[i] = memory.take(tensors[i].bytes.value);
  }
  return memory.arena();
}

}  // namespace

Bytes place(std::vector<TensorLife>& tensors) {
  std::vector<std::uint64_t> in_time(tensors.size()), by_size(tensors.size());
  std::uint64_t arena = place_in_time(tensors, in_time);
  const auto* best = &in_time;
  if (tensors.size() <= kBySize)
    if (const auto other = place_by_size(tensors, by_size); other <= arena) arena = other, best = &by_size;
  for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].offset = Bytes((*best)[i]);
  return Bytes(arena);
}

}  // namespace alidade::memory
