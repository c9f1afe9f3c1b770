#include "tile_search.hpp"

#include <algorithm>

namespace alidade::fusion {
namespace {

constexpr std::int64_t kAll = 16, kAllOfTwo = 8, kEqualParts = 8;

/// Sizes of tiles that are looked at, smaller than the dimension.
std::vector<std::int64_t> tile_sizes(std::int64_t size, std::int64_t all, std::int64_t parts) {
  std::vector<std::int64_t> out;
  for (std::int64_t tile = 1; tile < size; size <= all ? ++tile : tile *= 2) out.push_back(tile);
  for (std::int64_t p = 2; size > all && p <= parts; ++p) out.push_back((size + p - 1) / p);
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

/// Dimensions that are cut by themselves: of an image neither the channels nor the last.
std::vector<std::uint8_t> cut_dims(std::size_t rank) {
  std::vector<std::uint8_t> out;
  for (std::size_t d = 0; d < rank; ++d)
    if (rank < 4 || (d != 1 && d + 1 != rank)) out.push_back(static_cast<std::uint8_t>(d));
  return out;
}

void add_pairs(std::span<const std::int64_t> sizes, std::vector<TileChoice>& out) {
  const auto a = static_cast<std::uint8_t>(sizes.size() - 2), b = static_cast<std::uint8_t>(a + 1);
  auto rows = tile_sizes(sizes[a], kAllOfTwo, 0);
  rows.push_back(sizes[a]);
  for (const auto row : rows)
    for (const auto column : tile_sizes(sizes[b], kAllOfTwo, 0))
      out.push_back({{{{a, row, sizes[a]}, {b, column, sizes[b]}}}, 2, false});
}

}  // namespace

std::vector<TileChoice> tile_choices(std::span<const std::int64_t> sizes, HaloUse halo, bool windows) {
  std::vector<TileChoice> out;
  for (const auto d : cut_dims(sizes.size()))
    for (const auto tile : tile_sizes(sizes[d], kAll, kEqualParts))
      for (const bool keeps : {false, true}) {
        const bool wanted = halo == HaloUse::best || (halo == HaloUse::keep) == keeps;
        if (windows ? wanted : !keeps) out.push_back({{{{d, tile, sizes[d]}, {}}}, 1, keeps});
      }
  if (sizes.size() >= 4 && (halo != HaloUse::keep || !windows)) add_pairs(sizes, out);
  std::ranges::stable_sort(out, {}, &TileChoice::count);
  return out;
}

bool TileSearch::add(std::uint32_t step) {
  tensors_.add(step);
  const auto joining = footprints_.joining(step);
  if (!led_ && joining == Joining::tiled) {
    const auto sizes = footprints_.sizes(footprints_.result(step));
    const auto choices = tile_choices(sizes, chip_.halo, footprints_.has_windows());
    led_ = true, count_ = choices.size();
    if (runs_.size() < count_) runs_.resize(count_);
    for (std::size_t i = 0; i < count_; ++i) runs_[i].start(choices[i]);
  }
  if (!led_) return joining == Joining::nothing;
  std::size_t left = 0;
  for (std::size_t i = 0; i < count_; ++i)
    if (runs_[i].add(step, footprints_, tensors_) && runs_[i].buffer() <= chip_.capacity_bytes) {
      if (left != i) std::swap(runs_[left], runs_[i]);
      ++left;
    }
  count_ = left;
  return left > 0;
}

std::optional<TileSearch::Best> TileSearch::best(std::uint64_t below) const {
  std::optional<Best> out;
  for (std::size_t i = 0; i < count_; ++i) {
    if (runs_[i].least_again() >= below) continue;
    const auto again = runs_[i].moved(chip_.capacity_bytes).again();
    if (again < below) out = {again, runs_[i].choice()}, below = again;
  }
  return out;
}

GroupTiles TileSearch::told(std::uint32_t begin, std::uint32_t end, const TileChoice& choice) {
  TiledRun run;
  run.start(choice);
  tensors_.clear(end);
  for (auto step = end + 1; step-- > begin;) {
    tensors_.add(step);
    if (!run.add(step, footprints_, tensors_)) break;
  }
  return run.told(chip_.capacity_bytes);
}

}  // namespace alidade::fusion
