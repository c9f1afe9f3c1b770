#include "columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace alidade::sweep {
namespace {

/// What is found out, in order: the members of write_figures(), and what a sweep says beside them.
const std::array<Column, 25> kFound{{{"device", "TEXT"},
                                     {"component", "TEXT"},
                                     {"backend", "TEXT"},
                                     {"precision", "TEXT"},
                                     {"layout", "TEXT"},
                                     {"batch", "INTEGER"},
                                     {"unpriced_ops", "INTEGER"},
                                     {"time_s", "REAL"},
                                     {"time_s_upper", "REAL"},
                                     {"band_low_s", "REAL"},
                                     {"band_high_s", "REAL"},
                                     {"coverage", "REAL"},
                                     {"per_second", "REAL"},
                                     {"per_second_upper", "REAL"},
                                     {"energy_j", "REAL"},
                                     {"memory_bytes", "INTEGER"},
                                     {"memory_bytes_upper", "INTEGER"},
                                     {"fits", "BOOLEAN"},
                                     {"bound", "TEXT"},
                                     {"compute_share", "REAL"},
                                     {"memory_share", "REAL"},
                                     {"launch_share", "REAL"},
                                     {"usd_per_million", "REAL"},
                                     {"warnings", "TEXT"},
                                     {"failed", "BOOLEAN"}}};

/// Numbers are numbers in the table, too.
std::string_view type_of(const Axis& axis) {
  if (axis.key.starts_with(host::AxisUse::kFigure)) return "REAL";
  return axis.key == "batch" || axis.key.starts_with(host::AxisUse::kBind) ? "INTEGER" : "TEXT";
}

}  // namespace

std::vector<Column> columns_for(std::span<const Axis> axes) {
  std::vector<Column> out{{"number", "INTEGER"}, {"model", "TEXT"}};
  for (const auto& axis : axes) out.push_back({axis.key, type_of(axis)});
  for (const auto& column : kFound)
    if (std::ranges::find(axes, column.name, &Axis::key) == axes.end()) out.push_back(column);
  out.push_back({"error", "TEXT"}), out.push_back({"fix", "TEXT"});
  return out;
}

void RowWriter::real(std::string_view key, double value) {
  if (std::isfinite(value)) put(key, value);
}

void RowWriter::put(std::string_view key, host::query::Value value) {
  const auto column = std::ranges::find(columns_, key, &Column::name);
  if (column == columns_.end()) return;
  auto& cell = row_[static_cast<std::size_t>(column - columns_.begin())];
  if (std::holds_alternative<std::monostate>(cell)) cell = std::move(value);
}

}  // namespace alidade::sweep
