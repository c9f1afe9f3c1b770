#pragma once
#include "host/query/node.hpp"
#include "host/query/range.hpp"

namespace alidade::host::query {

/// Whether X is what X says, or whatever it may be up to X_upper.
enum class Fields : std::uint8_t { as_they_are, up_to_upper };

/// Works out parts of an expression over the fields of a scope.
class Evaluation {
 public:
  Evaluation(const FieldScope& scope, Fields fields) : scope_(scope), fields_(fields) {}
  [[nodiscard]] Result<Range> of(const Expression::Node& node) const;

 private:
  [[nodiscard]] Result<Range> field(const Expression::Node& node) const;
  [[nodiscard]] Result<Range> binary(const Expression::Node& node) const;
  [[nodiscard]] Result<Range> logic(const Expression::Node& node) const;
  [[nodiscard]] Result<Range> call(const Expression::Node& node) const;
  [[nodiscard]] Result<Range> over_rows(const Expression::Node& node) const;

  const FieldScope& scope_;
  Fields fields_;
};

/// "there is no field 'macz' (did you mean 'macs'?)"; for a name with dots, what stands beside it is listed.
[[nodiscard]] Error no_field(const std::string& word, const FieldScope& scope);

}  // namespace alidade::host::query
