#pragma once
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"

namespace alidade::table {

/// Cells in aligned columns between bars, which Markdown shows as a table. The first column is aligned left.
struct Grid {
  struct Column {
    std::string title;
    bool right = true;
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
  void write(Sink& out) const;
};

/// `text` with blanks up to `width` columns, before it when `right`.
[[nodiscard]] std::string padded(const std::string& text, std::size_t width, bool right = false);

}  // namespace alidade::table
