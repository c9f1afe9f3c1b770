// Where blocks lie in one arena.
#include "place.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <span>

#include "allocator.hpp"

namespace alidade::memory {
namespace {

constexpr std::uint64_t kPairs = 4'000'000;   // blocks that live together; above, only the quick plan
constexpr std::uint64_t kLooks = 40'000'000;  // at pairs, of all plans together
// After so many looks a plan is good enough that loses no more than this part of the least arena: all looks
// that are left save less.
constexpr std::uint64_t kFewLooks = 1'000'000;
constexpr double kSmallLoss = 0.005;

/// No plan has a smaller arena.
std::uint64_t least_arena(std::span<const Block> blocks) {
  std::uint32_t end = 0;
  for (const auto& block : blocks) end = std::max(end, block.last);
  std::vector<std::uint64_t> begins(end + std::size_t{2}, 0), ends(end + std::size_t{2}, 0);
  for (const auto& block : blocks) begins[block.first] += block.bytes, ends[block.last + 1] += block.bytes;
  std::uint64_t live = 0, most = 0;
  for (std::size_t step = 0; step < begins.size(); ++step) {
    live += begins[step] - ends[step];
    most = std::max(most, live);
  }
  return most;
}

/// As an allocator would: in order of time, each in the smallest gap that holds it.
std::uint64_t place_in_time(std::span<Block> blocks) {
  std::vector<std::size_t> ending(blocks.size());
  std::iota(ending.begin(), ending.end(), std::size_t{0});
  std::ranges::stable_sort(ending, {}, [&](auto i) { return blocks[i].last; });
  BestFit memory;
  std::size_t ended = 0;
  for (auto& block : blocks) {
    for (; blocks[ending[ended]].last < block.first; ++ended)
      memory.give(blocks[ending[ended]].offset, blocks[ending[ended]].bytes);
    block.offset = memory.take(block.bytes);
  }
  return memory.arena();
}

/// Plans that place one block after the other, in any order.
class Packer {
 public:
  explicit Packer(std::span<const Block> blocks) : blocks_(blocks), offsets_(blocks.size()) {}

  /// Which blocks live together; false where they are too many.
  bool find_neighbours() {
    std::vector<std::vector<std::uint32_t>> lists(blocks_.size());
    std::vector<std::uint32_t> alive;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].bytes == 0) continue;
      std::erase_if(alive, [&](auto j) { return blocks_[j].last < blocks_[i].first; });
      pairs_ += alive.size();
      if (pairs_ > kPairs) return false;
      for (const auto j : alive) lists[i].push_back(j), lists[j].push_back(i);
      alive.push_back(i);
    }
    neighbours_ = std::move(lists);
    return true;
  }
  [[nodiscard]] std::uint64_t looks() const { return 2 * pairs_ + blocks_.size(); }

  /// Each block of an order at the lowest place that is free all its life, or in the tightest one.
  std::uint64_t pack(std::span<const std::uint32_t> order, bool tightest) {
    placed_.assign(blocks_.size(), 0);
    by_place_.clear();
    std::uint64_t arena = 0;
    for (const auto i : order) {
      if (blocks_[i].bytes == 0) continue;
      offsets_[i] = free_place(i, tightest);
      placed_[i] = 1;
      const Taken own{offsets_[i], offsets_[i] + blocks_[i].bytes, i};
      by_place_.insert(std::ranges::upper_bound(by_place_, own), own);
      arena = std::max(arena, offsets_[i] + blocks_[i].bytes);
    }
    return arena;
  }
  [[nodiscard]] std::span<const std::uint64_t> offsets() const { return offsets_; }

 private:
  struct Taken {
    std::uint64_t from, to;
    std::uint32_t block;
    auto operator<=>(const Taken&) const = default;
  };
  /// The placed blocks that live together with one, from the lowest on: few are sorted, many looked for among
  /// all.
  std::span<const Taken> taken_beside(std::uint32_t i) {
    constexpr std::size_t kSorting = 8;  // as long as looking at so many takes to sort one
    taken_.clear();
    if (neighbours_[i].size() * kSorting < by_place_.size()) {
      for (const auto j : neighbours_[i])
        if (placed_[j] != 0) taken_.push_back({offsets_[j], offsets_[j] + blocks_[j].bytes, j});
      std::ranges::sort(taken_);
    } else {
      for (const auto& one : by_place_)
        if (blocks_[one.block].last >= blocks_[i].first && blocks_[one.block].first <= blocks_[i].last)
          taken_.push_back(one);
    }
    return taken_;
  }
  std::uint64_t free_place(std::uint32_t i, bool tightest) {
    std::uint64_t end = 0;
    std::optional<std::pair<std::uint64_t, std::uint64_t>> best;  // size of the gap, its begin
    for (const auto& [from, to, _] : taken_beside(i)) {
      if (from >= end + blocks_[i].bytes && (!best || from - end < best->first)) best = {from - end, end};
      if (best && !tightest) break;
      end = std::max(end, to);
    }
    return best ? best->second : end;
  }

  std::span<const Block> blocks_;
  std::vector<std::vector<std::uint32_t>> neighbours_;
  std::uint64_t pairs_ = 0;
  std::vector<std::uint64_t> offsets_;
  std::vector<char> placed_;
  std::vector<Taken> taken_, by_place_;
};

/// Tries orders until a plan has no loss, or enough were tried.
class Trials {
 public:
  Trials(std::vector<Block>& blocks, std::uint64_t arena, std::uint64_t least)
      : blocks_(blocks), packer_(blocks), arena_(arena), least_(least) {}

  std::uint64_t run() {
    if (arena_ == least_ || !packer_.find_neighbours()) return arena_;
    const auto size = [&](auto i) { return blocks_[i].bytes; };
    const auto steps = [&](auto i) { return blocks_[i].last - blocks_[i].first + std::uint64_t{1}; };
    by(size);
    by([&](auto i) { return static_cast<double>(size(i)) * static_cast<double>(steps(i)); });
    by([&](auto i) { return std::pair(steps(i), size(i)); });
    by([&](auto i) { return std::pair(-static_cast<std::int64_t>(blocks_[i].first), size(i)); });
    by([&](auto i) { return std::pair(static_cast<std::int64_t>(blocks_[i].last), size(i)); });
    raise_tops();
    swap_some();
    return arena_;
  }

 private:
  [[nodiscard]] bool done() const {
    const auto loss = static_cast<double>(arena_ - least_) / static_cast<double>(least_);
    return arena_ == least_ || looks_ > kLooks || (looks_ > kFewLooks && loss <= kSmallLoss);
  }
  template <class Key>
  void by(Key key) {
    std::vector<std::uint32_t> order(blocks_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, std::ranges::greater(), key);
    for (const bool tightest : {false, true}) attempt(order, tightest);
  }
  void attempt(std::span<const std::uint32_t> order, bool tightest) {
    if (done()) return;
    looks_ += packer_.looks();
    const auto arena = packer_.pack(order, tightest);
    if (order_.empty() || arena <= packed_) packed_ = arena, order_.assign(order.begin(), order.end());
    if (arena >= arena_) return;
    arena_ = arena;
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].offset = packer_.offsets()[i];
  }
  /// Places those first that ended too high, again and again.
  void raise_tops() {
    if (done()) return;
    auto order = order_;
    packer_.pack(order, false);
    for (unsigned round = 1; round <= kRounds && !done(); ++round) {
      std::ranges::stable_partition(order,
                                    [&](auto i) { return packer_.offsets()[i] + blocks_[i].bytes > least_; });
      attempt(order, round % 4 == 0);
    }
  }

  /// The best order with two blocks in each other's place, as long as that is no worse.
  void swap_some() {
    std::mt19937 dice(1);  // NOLINT(bugprone-random-generator-seed): the same plan every time
    for (unsigned round = 0; round < kSwaps && !done(); ++round) {
      auto order = order_;
      std::swap(order[dice() % order.size()], order[dice() % order.size()]);
      attempt(order, round % 2 == 0);
    }
  }

  static constexpr unsigned kRounds = 64, kSwaps = 512;
  std::vector<Block>& blocks_;
  Packer packer_;
  std::uint64_t arena_, least_, packed_ = 0, looks_ = 0;
  std::vector<std::uint32_t> order_;  // of the best plan of the packer
};

}  // namespace

std::uint64_t place(std::vector<Block>& blocks, std::uint64_t alignment) {
  std::vector<std::size_t> by_start(blocks.size());
  std::iota(by_start.begin(), by_start.end(), std::size_t{0});
  std::ranges::stable_sort(by_start, {}, [&](auto i) { return blocks[i].first; });
  std::vector<Block> rounded;
  for (const auto i : by_start) {
    rounded.push_back(blocks[i]);
    rounded.back().bytes = (blocks[i].bytes + alignment - 1) / alignment * alignment;
  }
  const auto least = least_arena(rounded);
  const auto arena = Trials(rounded, place_in_time(rounded), least).run();
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[by_start[i]].offset = rounded[i].offset;
  return arena;
}

}  // namespace alidade::memory
