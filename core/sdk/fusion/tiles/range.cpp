#include "range.hpp"

#include <algorithm>

namespace alidade::fusion {
namespace {

/// Before which tile `step * t + at` reaches a bound, of so many tiles.
std::int64_t tiles_below(std::int64_t bound, const Range& r, std::int64_t at, std::int64_t tiles) {
  return bound <= at ? 0 : std::min(tiles, (bound - at + r.step - 1) / r.step);
}
/// The sum of `step * t + at` for the tiles from one to another, which is not among them.
std::int64_t sum_of(const Range& r, std::int64_t at, std::int64_t from, std::int64_t to) {
  const auto count = to - from;
  return count * at + r.step * (count * (from + to - 1) / 2);
}
std::int64_t begin_of(const Range& r, std::int64_t t) { return std::max(r.low, r.step * t + r.first); }
std::int64_t end_of(const Range& r, std::int64_t t) { return std::min(r.high, r.step * t + r.last); }

std::int64_t sum_of_lengths(const Range& r, std::int64_t tiles) {
  const auto low = tiles_below(r.low, r, r.first, tiles), high = tiles_below(r.high, r, r.last, tiles);
  const auto begins = r.low * low + sum_of(r, r.first, low, tiles);
  return sum_of(r, r.last, 0, high) + r.high * (tiles - high) - begins;
}

/// Lengths grow, stay and shrink: the greatest is beside a tile where a bound begins or ceases to hold.
std::int64_t greatest_length(const Range& r, std::int64_t tiles) {
  std::int64_t most = 0;
  for (const auto at : {tiles_below(r.low, r, r.first, tiles), tiles_below(r.high, r, r.last, tiles)})
    for (const auto t : {at - 1, at})
      if (t >= 0 && t < tiles) most = std::max(most, end_of(r, t) - begin_of(r, t));
  return most;
}

bool is_contiguous(const Range& r) { return r.last >= r.step + r.first; }

}  // namespace

Range tiles_of(std::int64_t size, std::int64_t tile) { return {tile, 0, tile, 0, size}; }

Range behind(const Range& result, const Window& w, std::int64_t operand_size) {
  const std::int64_t stride = w.stride, offset = w.offset;
  const auto end = [&](std::int64_t last) { return (last - 1) * stride + offset + w.extent; };
  return {result.step * stride, result.first * stride + offset, end(result.last),
          std::max<std::int64_t>(0, result.low * stride + offset), std::min(operand_size, end(result.high))};
}

std::optional<Range> hull(const Range& a, const Range& b) {
  if (a.step != b.step) return std::nullopt;
  return Range{a.step, std::min(a.first, b.first), std::max(a.last, b.last), std::min(a.low, b.low),
               std::max(a.high, b.high)};
}

Extent extent_of(const Range& r, std::int64_t tiles) {
  const auto number = [](std::int64_t n) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, n)); };
  Range shared = r;
  shared.first += r.step;
  Extent out;
  out.all = number(sum_of_lengths(r, tiles));
  out.once = is_contiguous(r) ? number(end_of(r, tiles - 1) - begin_of(r, 0)) : out.all;
  out.most = number(greatest_length(r, tiles));
  out.kept = is_contiguous(r) ? number(greatest_length(shared, tiles - 1)) : 0;
  return out;
}

bool covers(const Range& r, std::int64_t tiles, std::int64_t size) {
  return is_contiguous(r) && begin_of(r, 0) == 0 && end_of(r, tiles - 1) == size;
}

}  // namespace alidade::fusion
