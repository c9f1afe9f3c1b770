#pragma once
#include <deque>
#include <string>
#include <vector>

#include "store.hpp"

namespace alidade::sweep {

/// The points of a store as expressions see them: a row each, its columns as fields.
class StoreScope final : public host::query::FieldScope {
 public:
  [[nodiscard]] static Result<std::unique_ptr<StoreScope>> of(const Store& store);
  [[nodiscard]] host::query::Value field(std::string_view) const override { return {}; }
  [[nodiscard]] bool knows(std::string_view) const override { return false; }
  [[nodiscard]] std::vector<std::string> names() const override { return {}; }
  [[nodiscard]] std::size_t row_count() const override { return rows_.size(); }
  [[nodiscard]] const FieldScope* row(std::size_t i) const override { return &rows_[i]; }
  [[nodiscard]] const Head& head() const { return head_; }
  /// The first columns of an answer: what a point is, and its main figures.
  [[nodiscard]] std::vector<std::string> first_columns() const;
  [[nodiscard]] std::vector<std::string> all_columns() const;

 private:
  class Point final : public FieldScope {
   public:
    Point(const std::vector<Column>& columns, Row row) : columns_(columns), row_(std::move(row)) {}
    [[nodiscard]] host::query::Value field(std::string_view name) const override;
    [[nodiscard]] bool knows(std::string_view name) const override;
    [[nodiscard]] std::vector<std::string> names() const override;

   private:
    const std::vector<Column>& columns_;
    Row row_;
  };

  Head head_;
  std::vector<Column> columns_;
  std::deque<Point> rows_;
};

}  // namespace alidade::sweep
