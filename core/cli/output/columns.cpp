#include "cli/output/columns.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::cli {

void write_columns(std::vector<std::vector<std::string>> lines, std::size_t left, Sink& out) {
  for (auto& line : lines)
    for (auto& cell : line) cell = text::visible(cell);
  std::vector<std::size_t> widths(lines.empty() ? 0 : lines.front().size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], text::columns(line[i]));
  for (const auto& line : lines) {
    std::string whole;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string blanks(widths[i] - text::columns(line[i]), ' ');
      whole += "  " + (i < left ? line[i] + blanks : blanks + line[i]);
    }
    out.write(whole.substr(0, whole.find_last_not_of(' ') + 1) + "\n");
  }
}

}  // namespace alidade::cli
