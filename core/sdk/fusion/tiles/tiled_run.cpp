#include "tiled_run.hpp"

#include <algorithm>

#include "held.hpp"

namespace alidade::fusion {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

std::uint64_t clipped(unsigned __int128 n) { return n < kMost ? static_cast<std::uint64_t>(n) : kMost; }

}  // namespace

void TiledRun::start(const TileChoice& choice) {
  choice_ = choice;
  needs_.clear(), whole_.clear(), live_.clear();
  live_most_ = kept_ = halo_again_ = recomputed_ = 0;
}

bool TiledRun::add(std::uint32_t step, const Footprints& f, RunTensors& tensors) {
  if (f.joining(step) == Joining::nothing) return true;
  if (f.joining(step) != Joining::tiled) return false;
  const auto slot = tensors.slot(f.result(step));
  Need made = need(slot);
  if (!place(step, f, tensors, made) || !make(step, f, tensors, made)) return false;
  need(slot) = made;
  const auto reads = tensors.input().reads().of(tensors.input().node(step));
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const auto operand = tensors.slot(reads[i].root);
    hand_on(made, step, i, f, need(operand));
    if (!read(reads[i].root, operand, f, tensors)) return false;
  }
  return true;
}

TiledRun::Need& TiledRun::need(std::uint32_t slot) {
  if (slot >= needs_.size()) needs_.resize(slot + 1);
  return needs_[slot];
}

/// Which part of its result a step makes for a tile: what the run needs of it; what nobody in the run reads
/// is cut as the last result is. What others read as well has to be in the tiles, all of it.
bool TiledRun::place(std::uint32_t step, const Footprints& f, const RunTensors& tensors, Need& made) const {
  const auto sizes = f.sizes(f.result(step));
  if (made.part == Part::whole) return false;
  for (std::size_t k = 0; k < choice_.axes; ++k) {
    if (made.part == Part::none) {
      const auto& along = choice_.along.at(k);
      if (along.dim >= sizes.size() || sizes[along.dim] != along.size) return false;
      made.dim.at(k) = static_cast<std::int8_t>(along.dim);
      made.range.at(k) = tiles_of(along.size, along.tile);
    }
    if (made.dim.at(k) < 0 || !f.is_cut(step, static_cast<std::size_t>(made.dim.at(k)))) return false;
  }
  if (choice_.axes == 2 && made.dim[0] == made.dim[1]) return false;
  return !tensors.leaves(f.result(step)) || is_covered(made, sizes);
}

bool TiledRun::is_covered(const Need& made, std::span<const std::int64_t> sizes) const {
  for (std::size_t k = 0; k < choice_.axes; ++k)
    if (!covers(made.range.at(k), choice_.along.at(k).count(),
                sizes[static_cast<std::size_t>(made.dim.at(k))]))
      return false;
  return true;
}

TiledRun::Elements TiledRun::elements(const Need& need, std::span<const std::int64_t> sizes) const {
  unsigned __int128 rest = 1;
  for (const auto size : sizes) rest *= static_cast<std::uint64_t>(size);
  Elements out;
  for (std::size_t k = 0; k < choice_.axes; ++k) {
    const auto tiles = choice_.along.at(k).count();
    if (need.dim.at(k) < 0) {
      out.all *= static_cast<std::uint64_t>(tiles);
      continue;
    }
    const auto extent = extent_of(need.range.at(k), tiles);
    rest /= static_cast<std::uint64_t>(sizes[static_cast<std::size_t>(need.dim.at(k))]);
    out.all *= extent.all, out.once *= extent.once, out.most *= extent.most, out.kept *= extent.kept;
  }
  out.all *= rest, out.once *= rest, out.most *= rest, out.kept *= rest;
  return out;
}

/// Counts what a step makes: work that is done again, and room for what the run reads of it.
bool TiledRun::make(std::uint32_t step, const Footprints& f, const RunTensors& tensors, Need& made) {
  const ValueId v = f.result(step);
  const auto& parts = tensors.input().reads().parts();
  const auto e = elements(made, f.sizes(v));
  if (e.all > kMost) return false;
  const auto flops = tensors.input().cost_of(step).work.flops.value;
  if (!choice_.keeps) recomputed_ += clipped((e.all - e.once) * flops / parts.elements(v));
  halo_again_ -= made.again, made.again = 0;
  const bool is_read = made.part == Part::ranges;
  made.part = Part::ranges;
  if (!is_read) return true;
  const auto room = parts.bytes(v, static_cast<std::uint64_t>(e.most)) - made.kept;
  live_.resize(std::max<std::size_t>(live_.size(), tensors.end() - step + 1));
  for (auto at = step; at <= made.last; ++at)
    live_most_ = std::max(live_most_, live_[tensors.end() - at] += room);
  return true;
}

/// What a step that makes this needs of one of its operands, together with what others need of it.
void TiledRun::hand_on(const Need& made, std::uint32_t step, std::size_t read, const Footprints& f,
                       Need& into) const {
  Need more;
  more.part = Part::whole, more.last = step;
  for (std::size_t k = 0; k < choice_.axes; ++k) {
    const auto& by = f.need(step, read, static_cast<std::size_t>(made.dim.at(k)));
    more.dim.at(k) = by.dim;
    if (by.dim < 0) continue;
    more.part = Part::ranges;
    more.range.at(k) = behind(made.range.at(k), by.window, by.size);
  }
  into.last = std::max(into.last, step);
  if (into.part == Part::none)
    into = more;
  else
    merge(more, into);
}

void TiledRun::merge(const Need& more, Need& into) const {
  if (into.part == Part::whole) return;
  for (std::size_t k = 0; k < choice_.axes; ++k) {
    const auto both = hull(more.range.at(k), into.range.at(k));
    if (more.part == Part::whole || more.dim.at(k) != into.dim.at(k) || (more.dim.at(k) >= 0 && !both)) {
      into.part = Part::whole;
      return;
    }
    if (both) into.range.at(k) = *both;
  }
}

/// Counts what is read of an operand from outside, as far as it is from there.
bool TiledRun::read(ValueId root, std::uint32_t slot, const Footprints& f, const RunTensors& tensors) {
  Need& n = needs_[slot];
  halo_again_ -= n.again, kept_ -= n.kept;
  n.again = n.kept = 0, n.bytes = tensors.bytes(root);
  if (n.part == Part::whole) {
    if (std::ranges::find(whole_, slot) == whole_.end()) whole_.push_back(slot);
    return true;
  }
  const auto& parts = tensors.input().reads().parts();
  const auto e = elements(n, f.sizes(root));
  if (e.all > kMost) return false;
  if (choice_.keeps)
    n.kept = parts.bytes(root, static_cast<std::uint64_t>(e.kept));
  else
    n.again = parts.bytes(root, static_cast<std::uint64_t>(e.all - e.once));
  halo_again_ += n.again, kept_ += n.kept;
  return true;
}

TiledRun::Moved TiledRun::moved(std::uint64_t capacity) const {
  std::vector<std::uint64_t> operands;
  std::uint64_t all = 0;
  for (const auto slot : whole_) operands.push_back(needs_[slot].bytes), all += needs_[slot].bytes;
  Moved out;
  out.held = most_held(std::move(operands), capacity - buffer());
  out.operands_again = clipped(static_cast<unsigned __int128>(all - out.held) * (choice_.count() - 1));
  out.halo_again = halo_again_;
  return out;
}

GroupTiles TiledRun::told(std::uint64_t capacity) const {
  GroupTiles out;
  for (std::size_t k = 0; k < choice_.axes; ++k) {
    const auto& a = choice_.along.at(k);
    if (a.tile < a.size)
      out.cuts.push_back({a.dim, static_cast<std::uint64_t>(a.tile), static_cast<std::uint64_t>(a.size)});
  }
  const auto moved = this->moved(capacity);
  out.tiles = choice_.count();
  out.halo = kept_ > 0                            ? GroupTiles::Halo::kept
             : halo_again_ > 0 || recomputed_ > 0 ? GroupTiles::Halo::recomputed
                                                  : GroupTiles::Halo::none;
  out.buffer = Bytes(buffer() + moved.held), out.held = Bytes(moved.held);
  out.operands_again = Bytes(moved.operands_again), out.halo_again = Bytes(moved.halo_again);
  out.recomputed = Flops(recomputed_);
  return out;
}

}  // namespace alidade::fusion
