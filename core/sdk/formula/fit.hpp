#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sdk/ir/rational.hpp"

namespace alidade::formula {

/// Finds out how columns of values are made of basis columns, in exact arithmetic: once for a basis, for any
/// number of columns. Where basis columns depend on each other those in front are taken.
class Fit {
 public:
  /// basis[point][column]; more points than columns.
  explicit Fit(std::vector<std::vector<Rational>> basis);
  /// A coefficient for each basis column, so that every point has its value; nothing where there is none.
  [[nodiscard]] std::vector<std::optional<std::vector<Rational>>> coefficients(
      const std::vector<std::vector<std::uint64_t>>& columns) const;

 private:
  [[nodiscard]] bool agrees(const std::vector<Rational>& coefficients,
                            const std::vector<std::uint64_t>& values) const;
  std::vector<std::vector<Rational>> basis_;
};

}  // namespace alidade::formula
