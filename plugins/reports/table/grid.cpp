#include "grid.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::table {
namespace {

std::vector<std::size_t> widths(const Grid& grid) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    out.push_back(std::max<std::size_t>(3, text::columns(grid.columns[i].title)));
    for (const auto& row : grid.rows) out[i] = std::max(out[i], text::columns(row[i]));
  }
  return out;
}

std::string rule(const Grid& grid, const std::vector<std::size_t>& width) {
  std::string line = "  |";
  for (std::size_t i = 0; i < width.size(); ++i)
    line += std::string(width[i] + 1, '-') + (grid.columns[i].right ? ":|" : "-|");
  return line + "\n";
}

}  // namespace

std::string padded(const std::string& text, std::size_t width, bool right) {
  const auto used = text::columns(text);
  const std::string blanks(width > used ? width - used : 0, ' ');
  return right ? blanks + text : text + blanks;
}

void Grid::write(Sink& out) const {
  const auto width = widths(*this);
  const auto line = [&](auto cell) {
    std::string text = "  |";
    for (std::size_t i = 0; i < width.size(); ++i)
      text += " " + padded(cell(i), width[i], columns[i].right) + " |";
    out.write(text + "\n");
  };
  line([&](std::size_t i) { return columns[i].title; });
  out.write(rule(*this, width));
  for (const auto& row : rows) line([&](std::size_t i) { return row[i]; });
}

}  // namespace alidade::table
