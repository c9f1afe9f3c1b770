#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/object_writer.hpp"
#include "host/query/expression.hpp"
#include "points.hpp"

namespace alidade::sweep {

/// A column of the table of points.
struct Column {
  std::string name;
  std::string_view type;  ///< as SQLite declares it
};
/// Of each point its number, its model, what each axis says there, what was found out, and, where that was
/// nothing, why.
[[nodiscard]] std::vector<Column> columns_for(std::span<const Axis> axes);

/// A point, with a value for every column.
using Row = std::vector<host::query::Value>;

/// Takes the members of what was found out into their columns; what an axis says of the point stays.
class RowWriter final : public ObjectWriter {
 public:
  RowWriter(const std::vector<Column>& columns, Row& row) : columns_(columns), row_(row) {}
  void begin_object(std::string_view) override {}
  void end_object() override {}
  void begin_array(std::string_view) override {}
  void end_array() override {}
  void text(std::string_view key, std::string_view value) override { put(key, std::string(value)); }
  void count(std::string_view key, std::uint64_t value) override {
    put(key, static_cast<std::int64_t>(value));
  }
  void integer(std::string_view key, std::int64_t value) override { put(key, value); }
  void real(std::string_view key, double value) override;
  void flag(std::string_view key, bool value) override { put(key, value); }
  void nothing(std::string_view) override {}

 private:
  void put(std::string_view key, host::query::Value value);

  const std::vector<Column>& columns_;
  Row& row_;
};

}  // namespace alidade::sweep
