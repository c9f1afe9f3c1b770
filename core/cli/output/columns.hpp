#pragma once
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"

namespace alidade::cli {

/// Lines of cells under each other, two blanks between columns; the first `left` columns start at the left,
/// the others end at the right.
void write_columns(std::vector<std::vector<std::string>> lines, std::size_t left, Sink& out);

}  // namespace alidade::cli
