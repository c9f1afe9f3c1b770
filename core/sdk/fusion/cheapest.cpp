#include <algorithm>
#include <optional>

#include "alidade/sdk/fusion.hpp"
#include "tiles/alone.hpp"
#include "tiles/tile_search.hpp"
#include "traffic/covered.hpp"

namespace alidade {
namespace fusion {
namespace {

/// For every end of a run of steps, all its beginnings from the latest to the earliest that fits: what the
/// run saves against its operators one by one, and what lives on the chip meanwhile. Runs that do not fit
/// with whole tensors are looked at tile by tile.
class Cheapest {
 public:
  Cheapest(const FusionInput& s, const ChipLimits& chip)
      : s_(s),
        chip_(chip),
        read_(s.reads()),
        last_in_(s.graph().value_count()),
        last_(last_readers(s)),
        saved_(s.order().size() + 1, 0),
        begin_(s.order().size()),
        held_(s.order().size(), Boundary::end),
        live_(chip.ops + 1) {
    if (chip.tiles) tiles_.emplace(s, chip, last_), tiles_of_.resize(s.order().size());
  }

  Grouping best() {
    for (std::uint32_t end = 0; end < begin_.size(); ++end) find_begin(end);
    Grouping out(begin_.size());
    out.by_sizes = true;
    for (auto end = static_cast<std::uint32_t>(begin_.size()); end > 0; end = begin_[end - 1])
      put(begin_[end - 1], end - 1, out);
    return out;
  }

 private:
  /// A run that ends at the step at hand, with whole tensors.
  struct Run {
    std::uint64_t saving = 0, most = 0;  ///< most: what lives on the chip at the worst moment
  };
  /// A run's tiles, and without any what it holds.
  struct Tiles {
    std::optional<TileChoice> choice;
    std::uint64_t buffer = 0;
  };

  /// The best run that ends here; of equal ones the longest.
  void find_begin(std::uint32_t end) {
    std::ranges::fill(live_, 0);
    read_.clear(), runs_.clear();
    Run run;
    first_ = end + 1 >= live_.size() ? static_cast<std::uint32_t>(end + 1 - live_.size()) : 0;
    for (std::uint32_t begin = end;; --begin) {
      run.saving += gain(begin, end, run.most);
      if (run.most > chip_.capacity_bytes) held_[end] = Boundary::capacity;
      if (end - begin + 1 > chip_.ops) held_[end] = Boundary::ops_limit;
      if (begin != end && held_[end] != Boundary::end && !(tiles_ && end - begin < chip_.ops)) break;
      runs_.push_back(run);
      if (begin == end || run.most <= chip_.capacity_bytes) take(begin, end, run);
      if (begin == 0 || region(begin - 1) != region(end)) break;
      if (tiles_ && (is_alone(begin) || is_alone(begin - 1))) {
        if (held_[end] == Boundary::end) held_[end] = Boundary::no_rule;
        break;
      }
    }
    if (tiles_ && run.most > chip_.capacity_bytes) held_[end] = Boundary::capacity, find_tiles(end);
  }
  void take(std::uint32_t begin, std::uint32_t end, const Run& run) {
    if (begin != end && saved_[begin] + run.saving < saved_[end + 1]) return;
    saved_[end + 1] = saved_[begin] + run.saving, begin_[end] = begin;
    if (tiles_) tiles_of_[end] = {std::nullopt, run.most};
  }
  [[nodiscard]] bool is_alone(std::uint32_t step) const { return tiles_->joining(step) == Joining::alone; }

  /// Whether one of the runs that do not fit saves more tile by tile.
  void find_tiles(std::uint32_t end) {
    tiles_->start(end);
    const auto runs = s_.cost().nodes[s_.node(end)].runs;
    for (std::uint32_t i = 0; i < runs_.size() && tiles_->add(end - i); ++i) {
      const auto begin = end - i;
      const auto saving = saved_[begin] + runs_[i].saving;
      if (i == 0 || runs == 0 || runs_[i].most <= chip_.capacity_bytes || saving <= saved_[end + 1]) continue;
      const auto best = tiles_->best((saving - saved_[end + 1] + runs - 1) / runs);
      if (!best) continue;
      saved_[end + 1] = saving - best->again * runs, begin_[end] = begin;
      tiles_of_[end].choice = best->choice;
    }
  }
  [[nodiscard]] RegionId region(std::uint32_t step) const { return s_.graph().region_of(s_.node(step)); }

  /// What a step saves by going in front of the run up to `end`: readers in the run find what it makes, and
  /// what it reads need not be read again. `most` becomes what lives on the chip at the worst moment.
  std::uint64_t gain(std::uint32_t step, std::uint32_t end, std::uint64_t& most) {
    const NodeId n = s_.node(step);
    std::uint64_t bytes = 0;
    for (const ValueId v : s_.graph().outputs(n)) {
      if (!read_.reads(v) || !s_.reads().maker(v).valid()) continue;
      const auto made = s_.reads().made(v);
      bytes += read_.bytes(v) + (last_[v] <= end && !s_.reads().leaves(v) ? made : 0);
      for (auto at = step; at <= last_in_[v]; ++at) most = std::max(most, live_[at - first_] += made);
    }
    for (const auto& read : s_.reads().of(n)) {
      if (!read_.reads(read.root)) last_in_[read.root] = step;
      bytes += read.bytes - read_.add(read);
    }
    return bytes * s_.cost().nodes[n].runs;
  }

  void put(std::uint32_t begin, std::uint32_t end, Grouping& out) {
    for (auto step = begin; step <= end; ++step)
      out.group[step] = static_cast<std::uint32_t>(out.stops.size());
    const auto next = end + 1;
    Grouping::Stop stop;
    if (next < begin_.size() && region(next) == region(end)) {
      const bool held = held_[next] != Boundary::end;
      stop = {held ? held_[next] : Boundary::traffic, next, false};
    }
    out.stops.push_back(stop);
    if (!tiles_) return;
    const auto& tiles = tiles_of_[end];
    out.tiles.push_back(tiles.choice ? tiles_->told(begin, end, *tiles.choice) : GroupTiles());
    if (!tiles.choice) out.tiles.back().buffer = Bytes(tiles.buffer);
    for (auto step = begin; step <= end; ++step)
      out.tiles.back().one_by_one += Bytes(moved_alone(s_, step, chip_.capacity_bytes));
  }

  const FusionInput& s_;
  const ChipLimits& chip_;
  Covered read_;                      // by the run at hand, from outside or from within
  PerValue<std::uint32_t> last_in_;   // its last reader there
  PerValue<std::uint32_t> last_;      // its last reader at all
  std::vector<std::uint64_t> saved_;  // by the best runs before a step
  std::vector<std::uint32_t> begin_;
  std::vector<Boundary> held_;  // what kept the runs up to here from beginning earlier
  std::vector<std::uint64_t> live_;
  std::uint32_t first_ = 0;  // the step of live_[0]
  std::vector<Run> runs_;    // that end at the step at hand, the shortest first
  std::optional<TileSearch> tiles_;
  std::vector<Tiles> tiles_of_;  // of the best run that ends at a step
};

}  // namespace
}  // namespace fusion

Grouping cheapest_groups(const FusionInput& input, const ChipLimits& chip) {
  return fusion::Cheapest(input, chip).best();
}

}  // namespace alidade
