#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "alidade/ir/arrays.hpp"

// What Graph::adopt checks, in two parts: every row by itself, then what the rows say of each other.
namespace alidade::adoption {

inline constexpr std::size_t kDeepestRegion = 64;    ///< regions around a node, the outermost not counted
inline constexpr std::uint32_t kHighestRank = 1024;  ///< dimensions of a tensor; finish() holds readers to it
inline constexpr std::uint64_t kMostText = 4ull << 30;  ///< bytes of all names, counted at every use

/// Whether an operator of this kind may hold regions.
[[nodiscard]] inline bool may_hold_regions(Op op) {
  return class_of(op) == OpClass::control || class_of(op) == OpClass::opaque;
}

/// Keeps the first sentence about what is wrong.
class Misfits {
 public:
  void demand(bool holds, std::string_view what) {
    if (!holds && first_.empty()) first_ = what;
  }
  [[nodiscard]] bool none() const { return first_.empty(); }
  [[nodiscard]] std::string take() { return std::move(first_); }

 private:
  std::string first_;
};

/// Whether every index, range, enumerator and number fits, and how often ranges are shared; the first misfit,
/// or nothing.
[[nodiscard]] std::string misfit_of_rows(const GraphArrays& arrays);
/// Whether regions form a tree that holds every node and value once, and every value is used only where it
/// can be seen, after it was made. For rows that fit.
[[nodiscard]] std::string misfit_of_order(const GraphArrays& arrays);

}  // namespace alidade::adoption
