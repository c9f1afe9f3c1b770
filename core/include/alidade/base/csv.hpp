#pragma once
#include <string>
#include <string_view>

namespace alidade::text {

/// A text as a cell of CSV (RFC 4180): on one line, its unprintable bytes as \xNN. What a spreadsheet would
/// take for a formula gets a leading '; a cell with any separator that spreadsheets split at stands in
/// quotes.
[[nodiscard]] std::string csv_cell(std::string_view value);

}  // namespace alidade::text
