#include "cli/output/cell_writer.hpp"

#include "alidade/base/csv.hpp"
#include "alidade/base/text.hpp"

namespace alidade::cli {
void CellWriter::text(std::string_view key, std::string_view value) { add(key, text::csv_cell(value)); }
void CellWriter::real(std::string_view key, double value) { add(key, text::number(value)); }

void CellWriter::add(std::string_view key, const std::string& cell) {
  names += (first_ ? "" : ",") + text::csv_cell(key);
  cells += (first_ ? "" : ",") + cell, first_ = false;
}

}  // namespace alidade::cli
