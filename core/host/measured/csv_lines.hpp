#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace alidade::host {

/// Lines of cells; a cell in quotes may hold commas, and "" for a quote.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }
  [[nodiscard]] std::size_t number() const { return number_; }
  /// False at the end; lines without text are left out.
  bool next(std::vector<std::string>& cells) {
    while (!rest_.empty()) {
      auto line = rest_.substr(0, rest_.find('\n'));
      rest_.remove_prefix(std::min(rest_.size(), line.size() + 1)), ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      split(line, cells);
      return true;
    }
    return false;
  }

 private:
  static void split(std::string_view line, std::vector<std::string>& cells) {
    cells.assign(1, {});
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool doubled = quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
      if (doubled)
        cells.back() += line[i++];
      else if (line[i] == '"')
        quoted = !quoted;
      else if (line[i] == ',' && !quoted)
        cells.emplace_back();
      else
        cells.back() += line[i];
    }
  }
  std::string_view rest_;
  std::size_t number_ = 0;
};

}  // namespace alidade::host
