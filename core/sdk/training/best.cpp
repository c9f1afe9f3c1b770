// The cheapest checkpoints for an amount of memory.
#include "best.hpp"

#include <algorithm>
#include <limits>

namespace alidade::training {
namespace {

constexpr std::size_t kLongest = 16;   // blocks of one segment
constexpr std::size_t kWidest = 4096;  // choices that are kept after each block
constexpr int kTrials = 8;             // of a lower amount, where what was left out of the sums is too much

/// The peak of blocks `first` to `end` of the forward and the backward pass, and what they leave behind.
struct Part {
  std::uint64_t peak = 0, dropped = 0;
  double price = 0;
};

/// Some choice for the first blocks: how many bytes less than without checkpoints are alive after them.
struct Partial {
  std::uint64_t dropped = 0;
  double price = 0;
  std::size_t from = 0, before = 0;  // the block and the choice there that it goes on from
  bool again = false;
};

std::vector<std::uint32_t> one_segment(std::size_t blocks, std::size_t first, std::size_t end) {
  std::vector<std::uint32_t> out(blocks, kNone);
  for (auto b = first; b < end; ++b) out[b] = 0;
  return out;
}

class Chain {
 public:
  explicit Chain(const Choices& from) : f_(from), count_(from.blocks.size()) {
    find_zones();
    for (std::size_t first = 0; first < count_; ++first) {
      parts_.emplace_back();
      for (std::size_t end = first; end <= std::min(count_, first + kLongest); ++end)
        parts_.back().push_back(part(first, end));
    }
    tail_ = peak_between(f_.tape, alive(f_.tape, f_.gradients), count_, count_ + 1);
  }

  /// Nothing where no choice stays within so many bytes.
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> cheapest(std::uint64_t most) const {
    std::vector<std::vector<Partial>> fronts(count_ + 1);
    fronts[0].push_back({});
    for (std::size_t b = 0; b < count_; ++b) {
      thin(fronts[b]);
      for (std::size_t i = 0; i < fronts[b].size(); ++i) go_on(fronts, b, i, most);
    }
    auto& last = fronts[count_];
    std::erase_if(last, [&](const Partial& p) { return tail_ > most + p.dropped; });
    if (last.empty()) return std::nullopt;
    const auto best = std::ranges::min_element(last, {}, &Partial::price);
    return traced(fronts, static_cast<std::size_t>(best - last.begin()));
  }

 private:
  /// Where the forward pass of each block begins, and where its backward pass ends; of what follows the last
  /// block likewise.
  void find_zones() {
    const auto each = segments_of(f_.graph, f_.tape, f_.blocks, {});
    begin_.assign(count_ + 1, f_.tape.turn), end_.assign(count_ + 1, f_.tape.turn);
    for (std::uint32_t u = 0; u < f_.tape.turn; ++u)
      if (each.of[u] != kNone) begin_[each.of[u]] = std::min(begin_[each.of[u]], u), begin_[count_] = u + 1;
    for (auto u = static_cast<std::uint32_t>(f_.tape.units.size()); u-- > f_.tape.turn;)
      if (each.of[u] != kNone) end_[each.of[u]] = std::max(end_[each.of[u]], u + 1), end_[count_] = u;
    for (std::size_t b = count_; b-- > 0;)
      begin_[b] = std::min(begin_[b], begin_[b + 1]), end_[b] = std::max(end_[b], end_[b + 1]);
  }
  /// The highest sum while blocks `first` to `end` run in either pass; the last of all is what follows them.
  [[nodiscard]] std::uint64_t peak_between(const Tape& tape, std::span<const TrainingBytes> alive,
                                           std::size_t first, std::size_t end) const {
    std::uint64_t most = 0, own = 0;  // own: the unit's number on the tape without checkpoints
    const auto forward_end = end > count_ ? f_.tape.turn : begin_[end];
    const auto backward_begin = end > count_ ? f_.tape.turn : end_[end];
    for (std::uint32_t u = 0; u < tape.units.size(); ++u) {
      const bool inside = u < f_.tape.turn ? own >= begin_[first] && own < forward_end
                                           : own >= backward_begin && own < end_[first];
      if (inside) most = std::max(most, alive[u].total().value);
      if (!tape.units[u].again) ++own;
    }
    return most;
  }
  /// An empty range is the first block alone, which keeps all.
  [[nodiscard]] Part part(std::size_t first, std::size_t end) const {
    const auto made = checkpointed(
        f_.tape, segments_of(f_.graph, f_.tape, f_.blocks, one_segment(count_, first, end), f_.keep));
    Part out;
    out.peak = peak_between(made.tape, alive(made.tape, f_.gradients), first, std::max(end, first + 1));
    const auto before = kept_at_turn(f_.tape).value, after = kept_at_turn(made.tape).value;
    out.dropped = before - std::min(before, after);
    for (const auto u : made.again) out.price += f_.price[u];
    return out;
  }

  void go_on(std::vector<std::vector<Partial>>& fronts, std::size_t b, std::size_t i,
             std::uint64_t most) const {
    const auto here = fronts[b][i];
    for (std::size_t length = 0; length < parts_[b].size(); ++length) {
      const auto& next = parts_[b][length];
      if (next.peak > most + here.dropped) continue;
      fronts[b + std::max<std::size_t>(length, 1)].push_back(
          {here.dropped + next.dropped, here.price + next.price, b, i, length > 0});
    }
  }
  /// Leaves those than which none is both cheaper and smaller.
  static void thin(std::vector<Partial>& front) {
    std::ranges::stable_sort(front, [](const Partial& a, const Partial& b) {
      return a.price != b.price ? a.price < b.price : a.dropped > b.dropped;
    });
    std::vector<Partial> left;
    for (const auto& one : front)
      if (left.empty() || one.dropped > left.back().dropped) left.push_back(one);
    const auto stride = (left.size() + kWidest - 1) / kWidest;
    front.clear();
    for (std::size_t i = 0; i < left.size(); i += std::max<std::size_t>(stride, 1)) front.push_back(left[i]);
  }
  [[nodiscard]] std::vector<std::uint32_t> traced(const std::vector<std::vector<Partial>>& fronts,
                                                  std::size_t at) const {
    std::vector<std::uint32_t> out(count_, kNone);
    std::uint32_t segment = 0;
    for (std::size_t b = count_; b > 0;) {
      const auto& one = fronts[b][at];
      for (auto i = one.from; one.again && i < b; ++i) out[i] = segment;
      ++segment, b = one.from, at = one.before;
    }
    return out;
  }

  const Choices& f_;
  std::size_t count_;
  std::vector<std::uint32_t> begin_, end_;
  std::vector<std::vector<Part>> parts_;  // by first block and length
  std::uint64_t tail_ = 0;
};

}  // namespace

Choice weighed(const Choices& from, std::vector<std::uint32_t> segment) {
  const auto made =
      checkpointed(from.tape, segments_of(from.graph, from.tape, from.blocks, segment, from.keep));
  Choice out{std::move(segment), peak_bytes(alive(made.tape, from.gradients)), 0};
  for (const auto u : made.again) out.price += from.price[u];
  return out;
}

Choice best_choice(const Choices& from, std::uint64_t most) {
  const Chain chain(from);
  std::optional<Choice> lowest;
  const auto consider = [&](std::vector<std::uint32_t> segment) {
    auto choice = weighed(from, std::move(segment));
    if (!lowest || choice.peak < lowest->peak) lowest = choice;
    return choice;
  };
  auto amount = most;
  for (int trial = 0; trial < kTrials; ++trial) {
    auto found = chain.cheapest(amount);
    if (!found) break;
    auto choice = consider(std::move(*found));
    if (choice.peak <= most) return choice;
    amount -= std::min(amount, choice.peak - most);
  }
  std::uint64_t low = amount, high = std::numeric_limits<std::uint64_t>::max() / 4;
  while (low + 1 < high) {  // the least amount that a choice stays within
    const auto middle = low + (high - low) / 2;
    (chain.cheapest(middle) ? high : low) = middle;
  }
  if (auto found = chain.cheapest(high)) consider(std::move(*found));
  return *lowest;
}

}  // namespace alidade::training
