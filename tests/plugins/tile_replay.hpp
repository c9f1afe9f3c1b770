#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

// What runs of operators move tile by tile, by brute force: every tile is the set of places that it needs
// along every dimension of every tensor, found place by place; every size of tiles and every choice of
// operands that stay on the chip is tried. Nothing of the SDK is used.
namespace alidade::samples {

using Places = std::set<int>;

/// How the places of an operand's dimension follow from those of the result.
struct Follows {
  int dim = -1;  // of the operand; -1: all of it for any part
  int taps = 1, stride = 1, pad = 0, dilation = 1;
};
struct SmallTensor {
  std::vector<int> sizes;
  int maker = -1;
  bool output = false;
  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t n = 4;
    for (const int size : sizes) n *= static_cast<std::uint64_t>(size);
    return n;
  }
};
struct SmallStep {
  struct Operand {
    int tensor = 0;
    std::vector<Follows> by;  // the result's dimensions
  };
  int result = 0;
  std::vector<Operand> operands;
  std::vector<bool> cuts;  // whether parts along a dimension are made apart
};

struct Cuts {
  std::map<int, int> tile;  // of the last result's dimensions
  bool keeps = false;
};

class TileReplay {
 public:
  std::vector<SmallTensor> tensors;
  std::vector<SmallStep> steps;

  /// The least that any way to cut the steps into runs, and runs into tiles, moves.
  [[nodiscard]] std::uint64_t least(std::uint64_t capacity, std::size_t begin = 0) const {
    if (begin == steps.size()) return 0;
    std::uint64_t best = ~std::uint64_t{0};
    for (std::size_t end = begin; end < steps.size(); ++end)
      if (const auto run = least_of_run(begin, end, capacity))
        best = std::min(best, *run + least(capacity, end + 1));
    return best;
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> least_of_run(std::size_t begin, std::size_t end,
                                                          std::uint64_t capacity) const {
    std::optional<std::uint64_t> best;
    const auto take = [&](const Cuts& cuts) {
      const auto moved = bytes(begin, end, cuts, capacity);
      if (moved && (!best || *moved < *best)) best = moved;
    };
    take({});
    const auto& sizes = tensors[static_cast<std::size_t>(steps[end].result)].sizes;
    const int rank = static_cast<int>(sizes.size());
    for (int d = 0; d < rank; ++d)
      for (int tile = 1; tile < sizes[static_cast<std::size_t>(d)]; ++tile)
        for (const bool keeps : {false, true})
          if (rank < 4 || d == 0 || d == 2) take({{{d, tile}}, keeps});
    for (int a = 1; rank == 4 && a <= sizes[2]; ++a)
      for (int b = 1; b < sizes[3]; ++b) take({{{2, a}, {3, b}}, false});
    return best;
  }

  /// A tensor in one tile: along each dimension that is cut, from the first place to the last.
  struct Need {
    bool whole = false;
    std::map<int, Places> at;  // by the tensor's dimension
  };
  using Tile = std::map<int, Need>;  // by tensor

  [[nodiscard]] bool leaves(int tensor, std::size_t begin, std::size_t end) const {
    bool read = false, outside = false;
    for (std::size_t i = 0; i < steps.size(); ++i)
      for (const auto& o : steps[i].operands)
        if (o.tensor == tensor) read = true, outside |= i < begin || i > end;
    return !read || outside || tensors[static_cast<std::size_t>(tensor)].output;
  }

  static Places filled(const Places& some) {
    Places out;
    for (int i = *some.begin(); i <= *some.rbegin(); ++i) out.insert(i);
    return out;
  }

  /// What one tile needs of every tensor; nothing where the run cannot be cut so.
  [[nodiscard]] std::optional<Tile> tile_of(std::size_t begin, std::size_t end,
                                            const std::map<int, Places>& part) const {
    Tile tile;
    const auto& last = tensors[static_cast<std::size_t>(steps[end].result)].sizes;
    for (std::size_t i = end + 1; i-- > begin;) {
      const auto& step = steps[i];
      const auto& sizes = tensors[static_cast<std::size_t>(step.result)].sizes;
      Need& made = tile[step.result];
      if (made.whole) return std::nullopt;
      if (made.at.empty()) {
        for (const auto& [d, places] : part) {
          const auto at = static_cast<std::size_t>(d);
          if (at >= sizes.size() || sizes[at] != last[at]) return std::nullopt;
        }
        made.at = part;
      }
      if (made.at.size() != part.size()) return std::nullopt;
      for (const auto& [d, places] : made.at)
        if (!step.cuts[static_cast<std::size_t>(d)]) return std::nullopt;
      for (const auto& o : step.operands) need(made, o, tile[o.tensor]);
    }
    return tile;
  }
  void need(const Need& made, const SmallStep::Operand& o, Need& into) const {
    std::map<int, Places> at;
    for (const auto& [d, places] : made.at) {
      const auto& by = o.by[static_cast<std::size_t>(d)];
      if (by.dim < 0) continue;
      const int size = tensors[static_cast<std::size_t>(o.tensor)].sizes[static_cast<std::size_t>(by.dim)];
      for (const int y : places)
        for (int tap = 0; tap <= (by.taps - 1) * by.dilation; ++tap)  // places between taps as well
          if (const int x = y * by.stride - by.pad + tap; x >= 0 && x < size) at[by.dim].insert(x);
    }
    const auto dims = [](const std::map<int, Places>& of) {
      std::vector<int> out;
      for (const auto& entry : of) out.push_back(entry.first);
      return out;
    };
    const bool mixed = !into.at.empty() && dims(at) != dims(into.at);
    if (at.empty() || mixed || into.whole) {
      into.whole = true, into.at.clear();
      return;
    }
    for (auto& [d, places] : at) {
      into.at[d].insert(places.begin(), places.end());
      into.at[d] = filled(into.at[d]);
    }
  }

  /// Bytes of a part of a tensor.
  [[nodiscard]] std::uint64_t bytes_of(int tensor, const std::map<int, Places>& at) const {
    const auto& t = tensors[static_cast<std::size_t>(tensor)];
    std::uint64_t bytes = t.bytes();
    for (const auto& [d, places] : at)
      bytes = bytes / static_cast<std::uint64_t>(t.sizes[static_cast<std::size_t>(d)]) * places.size();
    return bytes;
  }
  static std::map<int, Places> both(const std::map<int, Places>& a, const std::map<int, Places>& b) {
    std::map<int, Places> out;
    for (const auto& [d, places] : a)
      std::ranges::set_intersection(places, b.at(d), std::inserter(out[d], out[d].end()));
    return out;
  }
  /// Bytes that are in any of the tiles, element by element.
  [[nodiscard]] std::uint64_t in_any(int tensor, const std::vector<Tile>& tiles) const {
    std::set<std::vector<int>> seen;
    std::uint64_t each = tensors[static_cast<std::size_t>(tensor)].bytes();
    for (const auto& [d, places] : tiles[0].at(tensor).at)
      each /= static_cast<std::uint64_t>(
          tensors[static_cast<std::size_t>(tensor)].sizes[static_cast<std::size_t>(d)]);
    for (const auto& tile : tiles) {
      std::vector<std::vector<int>> places{{}};
      for (const auto& [d, along] : tile.at(tensor).at) {
        std::vector<std::vector<int>> longer;
        for (const auto& place : places)
          for (const int at : along) longer.push_back(place), longer.back().push_back(at);
        places = std::move(longer);
      }
      seen.insert(places.begin(), places.end());
    }
    return seen.size() * each;
  }

  [[nodiscard]] std::vector<std::map<int, Places>> parts_of(std::size_t end, const Cuts& cuts) const {
    std::vector<std::map<int, Places>> parts{{}};
    for (const auto& [d, tile] : cuts.tile) {
      const int size =
          tensors[static_cast<std::size_t>(steps[end].result)].sizes[static_cast<std::size_t>(d)];
      std::vector<std::map<int, Places>> more;
      for (const auto& part : parts)
        for (int at = 0; at < size; at += tile) {
          more.push_back(part);
          for (int i = at; i < std::min(size, at + tile); ++i) more.back()[d].insert(i);
        }
      parts = std::move(more);
    }
    return parts;
  }

  [[nodiscard]] std::optional<std::uint64_t> bytes(std::size_t begin, std::size_t end, const Cuts& cuts,
                                                   std::uint64_t capacity) const {
    std::vector<Tile> tiles;
    const bool whole = cuts.tile.empty();
    for (const auto& part : parts_of(end, cuts)) {
      if (whole) break;
      auto tile = tile_of(begin, end, part);
      if (!tile) return std::nullopt;
      tiles.push_back(std::move(*tile));
    }
    std::uint64_t moved = 0, kept = 0;
    std::vector<std::uint64_t> live(steps.size(), 0), held;
    std::set<int> seen;
    for (std::size_t i = begin; i <= end; ++i) {
      const int v = steps[i].result;
      seen.insert(v);
      const bool out = leaves(v, begin, end);
      if (out) moved += tensors[static_cast<std::size_t>(v)].bytes();
      if (out && !whole && in_any(v, tiles) != tensors[static_cast<std::size_t>(v)].bytes())
        return std::nullopt;
      std::size_t last = i;
      for (std::size_t r = i + 1; r <= end; ++r)
        for (const auto& o : steps[r].operands)
          if (o.tensor == v) last = r;
      if (last == i) continue;
      const auto [most, stays] = room(v, tiles, cuts.keeps);
      kept += stays;
      for (auto at = i; at <= last; ++at) live[at] += most - stays;
    }
    for (std::size_t i = begin; i <= end; ++i)
      for (const auto& o : steps[i].operands) {
        if (!seen.insert(o.tensor).second) continue;
        const auto size = tensors[static_cast<std::size_t>(o.tensor)].bytes();
        moved += size;
        if (whole) continue;
        if (tiles[0].at(o.tensor).whole) {
          held.push_back(size);
        } else if (cuts.keeps) {
          kept += room(o.tensor, tiles, true).second;
        } else {
          for (const auto& tile : tiles) moved += bytes_of(o.tensor, tile.at(o.tensor).at);
          moved -= in_any(o.tensor, tiles);
        }
      }
    const auto buffer = std::ranges::max(live) + kept;
    if (buffer > capacity && !(begin == end && whole)) return std::nullopt;
    std::uint64_t best = whole ? 0 : ~std::uint64_t{0};
    for (std::size_t some = 0; !whole && some < (std::size_t{1} << held.size()); ++some) {
      std::uint64_t on_chip = buffer, again = 0;
      for (std::size_t i = 0; i < held.size(); ++i) ((some >> i & 1U) != 0 ? on_chip : again) += held[i];
      if (on_chip <= capacity) best = std::min(best, again * (tiles.size() - 1));
    }
    return moved + best;
  }

  /// What a tensor takes of the chip: in the largest tile, and from one tile to the next.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> room(int v, const std::vector<Tile>& tiles,
                                                             bool keeps) const {
    if (tiles.empty()) return {tensors[static_cast<std::size_t>(v)].bytes(), 0};
    std::uint64_t most = 0, stays = 0;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      most = std::max(most, bytes_of(v, tiles[t].at(v).at));
      if (keeps && t > 0)
        stays = std::max(stays, bytes_of(v, both(tiles[t - 1].at(v).at, tiles[t].at(v).at)));
    }
    return {most, stays};
  }
};

}  // namespace alidade::samples
