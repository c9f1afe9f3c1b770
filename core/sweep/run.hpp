#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <set>

#include "points.hpp"
#include "store.hpp"

namespace alidade::sweep {

/// The part of a sweep that this process does: models at their sizes, told by their number, in turn, or those
/// of some numbers.
struct Shard {
  std::size_t part = 1, of = 1;
  std::set<std::size_t> units = {};  ///< none: all of the part
  [[nodiscard]] bool has(std::size_t unit) const {
    return unit % of == part - 1 && (units.empty() || units.contains(unit));
  }
};

struct RunOptions {
  Shard shard;
  bool retry = false;  ///< points that failed are run again
  unsigned threads = 1;
  bool apart =
      false;  ///< plugins from outside the install run in child processes, where this one has one thread
};

/// How far a run is.
struct Progress {
  std::size_t points = 0;   ///< of the shard
  std::size_t already = 0;  ///< of them in the store before
  std::size_t run = 0;      ///< since then
};

/// Finds out what the store lacks, and puts it there as it comes: the same at any number of threads. A point
/// that fails is kept with its reason, one that ends a child process with what ended it. `tell` is called
/// from one thread at a time.
[[nodiscard]] Result<Progress> run(const Points& points, const host::Plan& plan, Store& store,
                                   const RunOptions& options,
                                   const std::function<void(const Progress&)>& tell);

}  // namespace alidade::sweep
