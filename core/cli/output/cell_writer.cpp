#include "cli/output/cell_writer.hpp"

#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

std::string quoted(std::string_view value) {
  auto cell = text::visible(value);
  if (!cell.empty() && std::string_view("=+-@").contains(cell.front())) cell.insert(0, "'");
  if (cell.find_first_of(",\"") == cell.npos) return cell;
  for (std::size_t at = 0; (at = cell.find('"', at)) != cell.npos; at += 2) cell.insert(at, 1, '"');
  return '"' + cell + '"';
}

}  // namespace

void CellWriter::text(std::string_view key, std::string_view value) { add(key, quoted(value)); }
void CellWriter::real(std::string_view key, double value) { add(key, text::number(value)); }

void CellWriter::add(std::string_view key, const std::string& cell) {
  names += (first_ ? "" : ",") + std::string(key);
  cells += (first_ ? "" : ",") + cell, first_ = false;
}

}  // namespace alidade::cli
