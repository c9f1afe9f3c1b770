#include "store_scope.hpp"

#include <algorithm>

namespace alidade::sweep {

Result<std::unique_ptr<StoreScope>> StoreScope::of(const Store& store) {
  auto out = std::make_unique<StoreScope>();
  out->head_ = store.head(), out->columns_ = store.columns();
  const auto done = store.each([&](Row row) { out->rows_.emplace_back(out->columns_, std::move(row)); });
  if (!done) return std::unexpected(done.error());
  return out;
}

std::vector<std::string> StoreScope::first_columns() const {
  std::vector<std::string> out{"model"};
  for (const auto& axis : head_.axes) out.push_back(axis.key);
  for (const auto* name : {"time_s", "per_second", "energy_j", "memory_bytes", "fits", "bound"})
    out.emplace_back(name);
  const auto failed = [](const Point& point) { return point.field("failed") == host::query::Value(true); };
  if (std::ranges::any_of(rows_, failed)) out.emplace_back("error");
  return out;
}

std::vector<std::string> StoreScope::all_columns() const {
  std::vector<std::string> out;
  for (const auto& column : columns_) out.push_back(column.name);
  return out;
}

host::query::Value StoreScope::Point::field(std::string_view name) const {
  const auto column = std::ranges::find(columns_, name, &Column::name);
  return column == columns_.end() ? host::query::Value()
                                  : row_[static_cast<std::size_t>(column - columns_.begin())];
}
bool StoreScope::Point::knows(std::string_view name) const {
  return std::ranges::find(columns_, name, &Column::name) != columns_.end();
}
std::vector<std::string> StoreScope::Point::names() const {
  std::vector<std::string> out;
  for (const auto& column : columns_) out.push_back(column.name);
  return out;
}

}  // namespace alidade::sweep
