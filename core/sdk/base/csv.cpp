#include "alidade/base/csv.hpp"

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"

namespace alidade::text {
namespace {

/// What begins a formula, with the wide forms that Japanese and Chinese settings take for the same.
constexpr std::array<std::string_view, 10> kFormula{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};

bool reads_as_formula(std::string_view text) {
  return std::ranges::any_of(kFormula, [&](auto begin) { return text.starts_with(begin); });
}

}  // namespace

std::string csv_cell(std::string_view value) {
  std::string cell = reads_as_formula(value) ? "'" : "";
  cell += visible(value);
  if (cell.find_first_of(",;|\"") == cell.npos) return cell;
  for (std::size_t at = 0; (at = cell.find('"', at)) != cell.npos; at += 2) cell.insert(at, 1, '"');
  return '"' + cell + '"';
}

}  // namespace alidade::text
