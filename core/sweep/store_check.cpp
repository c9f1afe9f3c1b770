#include "store_check.hpp"

#include <cmath>

#include "alidade/base/text.hpp"
#include "host/query/number.hpp"

namespace alidade::sweep {
namespace {

/// How many points there are for each model.
std::int64_t points_of_a_model(const Head& head) {
  std::int64_t out = 1;
  for (const auto& axis : head.axes)
    if (__builtin_mul_overflow(out, static_cast<std::int64_t>(axis.values.size()), &out)) return 0;
  return out;
}

}  // namespace

Error damaged(const std::string& path, const std::string& what) {
  return {Fault::config,
          text::quoted(path) + " is no store as this program writes them: " + what,
          {},
          "something else has changed it: run the sweep anew into another file"};
}

Result<void> check_tables(const Database& database, const std::string& path) {
  const auto own = database.number(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('sweep', 'axis', 'model', "
      "'point')");
  if (!own) return std::unexpected(own.error());
  const auto others =
      database.number("SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')");
  if (!others) return std::unexpected(others.error());
  if (*own == 4 && *others == 0) return {};
  return std::unexpected(
      damaged(path, *own == 4 ? "it has views or triggers" : "it lacks tables of a store"));
}

Result<void> check_points(const Database& database, const std::string& path, const Head& head,
                          const std::vector<Column>& columns) {
  auto there = database.prepare("SELECT name FROM pragma_table_info('point') ORDER BY cid");
  if (!there) return std::unexpected(std::move(there).error());
  std::size_t same = 0, count = 0;
  for (auto row = there->step(); row && *row; row = there->step(), ++count)
    if (count < columns.size() && there->text(0) == columns[count].name) ++same;
  if (same != columns.size() || count != same)
    return std::unexpected(damaged(path, "its points have other columns than the sweep's axes make"));
  const auto of_a_model = points_of_a_model(head);
  const auto last = database.number("SELECT coalesce(max(number), -1) FROM point");
  if (!last) return std::unexpected(last.error());
  const bool counted = of_a_model > 0 && head.points >= of_a_model && head.points % of_a_model == 0;
  if (counted && *last < head.points) return {};
  return std::unexpected(damaged(path, "it says that it has " + std::to_string(head.points) + " points"));
}

bool fits(const Column& column, const host::query::Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return true;
  if (column.type == "TEXT") return std::holds_alternative<std::string>(value);
  if (column.type == "BOOLEAN") return std::holds_alternative<bool>(value);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole >= 0;
  const auto* real = std::get_if<double>(&value);
  const bool asked_for = column.name.starts_with(host::AxisUse::kFigure);  // a device may refuse it
  return column.type == "REAL" && real && std::isfinite(*real) && (asked_for || *real >= 0);
}

}  // namespace alidade::sweep
