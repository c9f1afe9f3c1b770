#pragma once
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace alidade::tests {

/// One line of a table of reference results, by the names of its columns.
class ReferenceRow {
 public:
  ReferenceRow(const std::vector<std::string>& columns, const std::string& line) : line_(line) {
    std::istringstream cells(line);
    std::string cell;
    for (const auto& column : columns)
      if (std::getline(cells, cell, ',')) cells_[column] = cell;
  }
  [[nodiscard]] const std::string& text(const std::string& column) const { return cells_.at(column); }
  [[nodiscard]] double number(const std::string& column) const { return std::stod(cells_.at(column)); }
  [[nodiscard]] const std::string& line() const { return line_; }

 private:
  std::string line_;
  std::map<std::string, std::string> cells_;
};

/// tests/data/hardware/NAME.csv, whose first lines say where it is from.
inline std::vector<ReferenceRow> reference_table(const std::string& name) {
  std::ifstream file(std::string(ALIDADE_SOURCE_DIR) + "/tests/data/hardware/" + name + ".csv");
  REQUIRE(file.good());
  std::vector<ReferenceRow> out;
  std::vector<std::string> columns;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (!columns.empty()) {
      out.emplace_back(columns, line);
      continue;
    }
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) columns.push_back(cell);
  }
  REQUIRE(!out.empty());
  return out;
}

}  // namespace alidade::tests
