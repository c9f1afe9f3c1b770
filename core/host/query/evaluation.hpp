#pragma once
#include <expected>

#include "host/query/node.hpp"
#include "host/query/range.hpp"

namespace alidade::host::query {

/// Whether X is what X says, or whatever it may be up to X_upper.
enum class Fields : std::uint8_t { as_they_are, up_to_upper };

/// Works out parts of an expression over the fields of a scope. `text` is what they were read from.
class Evaluation {
 public:
  using Worth = std::expected<Range, Expression::Mistake>;

  Evaluation(std::string_view text, const FieldScope& scope, Fields fields)
      : text_(text), scope_(scope), fields_(fields) {}
  [[nodiscard]] Worth of(const Expression::Node& node) const;
  /// The same of what has to be yes or no; `around` is the part that asks for it, if one does.
  [[nodiscard]] Worth condition(const Expression::Node& node, const Expression::Node* around = nullptr) const;

 private:
  [[nodiscard]] Worth field(const Expression::Node& node) const;
  [[nodiscard]] Worth minus(const Expression::Node& node) const;
  [[nodiscard]] Worth binary(const Expression::Node& node) const;
  [[nodiscard]] Worth compare(const Expression::Node& node, const Range& left, const Range& right) const;
  [[nodiscard]] Worth logic(const Expression::Node& node) const;
  [[nodiscard]] Worth call(const Expression::Node& node) const;
  [[nodiscard]] Worth figure(const Expression::Node& node, const std::string& function) const;
  [[nodiscard]] Worth over_rows(const Expression::Node& node) const;

  std::string_view text_;
  const FieldScope& scope_;
  Fields fields_;
};

}  // namespace alidade::host::query
