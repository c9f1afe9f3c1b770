#include "allocator.hpp"

#include <iterator>

namespace alidade::memory {

std::uint64_t BestFit::take(std::uint64_t bytes) {
  if (bytes == 0) return 0;
  const auto found = by_size_.lower_bound({bytes, 0});
  if (found == by_size_.end()) return grow(bytes);
  const auto [size, offset] = *found;
  remove(offset, size);
  if (size > bytes) add(offset + bytes, size - bytes);
  return offset;
}

void BestFit::give(std::uint64_t offset, std::uint64_t bytes) {
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

std::uint64_t BestFit::grow(std::uint64_t bytes) {
  std::uint64_t offset = arena_;
  if (!gaps_.empty() && gaps_.rbegin()->first + gaps_.rbegin()->second == arena_) {
    offset = gaps_.rbegin()->first;
    remove(offset, arena_ - offset);
  }
  arena_ = offset + bytes;
  return offset;
}

void BestFit::add(std::uint64_t offset, std::uint64_t bytes) {
  gaps_[offset] = bytes;
  by_size_.insert({bytes, offset});
}

void BestFit::remove(std::uint64_t offset, std::uint64_t bytes) {
  gaps_.erase(offset);
  by_size_.erase({bytes, offset});
}

}  // namespace alidade::memory
