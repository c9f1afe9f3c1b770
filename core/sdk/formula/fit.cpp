// Solves modulo a prime, makes fractions of what comes out, and checks those against every point.
#include "fit.hpp"

#include <array>
#include <utility>

namespace alidade::formula {
namespace {

using Residue = std::uint64_t;
constexpr Residue kPrime = (Residue{1} << 61) - 1;
constexpr std::int64_t kMostAbove = std::int64_t{1} << 55;
constexpr std::array<Residue, 12> kBelow{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

Residue times(Residue a, Residue b) {
  return static_cast<Residue>(static_cast<unsigned __int128>(a) * b % kPrime);
}
Residue minus(Residue a, Residue b) { return a >= b ? a - b : a + kPrime - b; }
Residue inverse(Residue a) {
  Residue result = 1;
  for (Residue power = kPrime - 2; power > 0; power /= 2, a = times(a, a))
    if (power % 2 == 1) result = times(result, a);
  return result;
}
Residue residue(const Rational& whole) {
  const auto rest = static_cast<std::int64_t>(whole.above() % static_cast<Rational::Integer>(kPrime));
  return rest < 0 ? static_cast<Residue>(rest + static_cast<std::int64_t>(kPrime))
                  : static_cast<Residue>(rest);
}

/// The fraction with a small denominator that has this residue.
std::optional<Rational> fraction(Residue r) {
  for (const Residue below : kBelow) {
    const Residue scaled = times(r, below);
    const auto above =
        scaled > kPrime / 2 ? -static_cast<std::int64_t>(kPrime - scaled) : static_cast<std::int64_t>(scaled);
    if (above <= kMostAbove && above >= -kMostAbove)
      return Rational::of(above, static_cast<Rational::Integer>(below));
  }
  return std::nullopt;
}

using Rows = std::vector<std::vector<Residue>>;

/// Brings the first `columns` columns to the echelon form, each pivot alone in its column; which column every
/// pivot row has.
std::vector<std::size_t> eliminate(Rows& rows, std::size_t columns) {
  std::vector<std::size_t> pivots;
  for (std::size_t c = 0; c < columns && pivots.size() < rows.size(); ++c) {
    const std::size_t at = pivots.size();
    std::size_t found = at;
    while (found < rows.size() && rows[found][c] == 0) ++found;
    if (found == rows.size()) continue;
    std::swap(rows[at], rows[found]);
    const Residue scale = inverse(rows[at][c]);
    for (std::size_t i = c; i < rows[at].size(); ++i) rows[at][i] = times(rows[at][i], scale);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Residue factor = rows[r][c];
      if (r == at || factor == 0) continue;
      for (std::size_t i = c; i < rows[r].size(); ++i)
        rows[r][i] = minus(rows[r][i], times(factor, rows[at][i]));
    }
    pivots.push_back(c);
  }
  return pivots;
}

}  // namespace

Fit::Fit(std::vector<std::vector<Rational>> basis) : basis_(std::move(basis)) {}

bool Fit::agrees(const std::vector<Rational>& coefficients, const std::vector<std::uint64_t>& values) const {
  for (std::size_t p = 0; p < basis_.size(); ++p) {
    std::optional<Rational> sum(0);
    for (std::size_t c = 0; c < coefficients.size() && sum; ++c) {
      if (coefficients[c].sign() == 0) continue;
      const auto part = multiply(coefficients[c], basis_[p][c]);
      sum = part ? add(*sum, *part) : std::nullopt;
    }
    if (sum != Rational(static_cast<Rational::Integer>(values[p]))) return false;
  }
  return true;
}

std::vector<std::optional<std::vector<Rational>>> Fit::coefficients(
    const std::vector<std::vector<std::uint64_t>>& columns) const {
  const std::size_t width = basis_.empty() ? 0 : basis_.front().size();
  Rows rows(basis_.size());
  for (std::size_t p = 0; p < rows.size(); ++p) {
    for (const auto& value : basis_[p]) rows[p].push_back(residue(value));
    for (const auto& column : columns) rows[p].push_back(column[p] % kPrime);
  }
  const auto pivots = eliminate(rows, width);
  std::vector<std::optional<std::vector<Rational>>> out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::optional<std::vector<Rational>> found(std::in_place, width, Rational(0));
    for (std::size_t row = 0; row < pivots.size() && found; ++row)
      if (const auto c = fraction(rows[row][width + i]))
        (*found)[pivots[row]] = *c;
      else
        found.reset();
    out.push_back(found && agrees(*found, columns[i]) ? std::move(found) : std::nullopt);
  }
  return out;
}

}  // namespace alidade::formula
