#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host::query {

/// What a field or an expression is worth; nothing where it has no value. Counts are whole numbers, exact to
/// 2^63.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
[[nodiscard]] std::string to_text(const Value& value);

/// Where an expression finds its fields. A name is one word or several with dots between.
class FieldScope {
 public:
  FieldScope() = default;
  FieldScope(const FieldScope&) = delete;
  FieldScope& operator=(const FieldScope&) = delete;
  virtual ~FieldScope() = default;
  [[nodiscard]] virtual Value field(std::string_view name) const = 0;
  [[nodiscard]] virtual bool knows(std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
  /// Whether the field is a text that says only that what stands there is not known.
  [[nodiscard]] virtual bool is_open(std::string_view) const { return false; }
  /// The rows that count(), sum() and their like go over; nothing in a row itself.
  [[nodiscard]] virtual std::size_t row_count() const { return 0; }
  [[nodiscard]] virtual const FieldScope* row(std::size_t) const { return nullptr; }
};

/// Whether a condition holds where fields may be known only as intervals. maybe: that is not known;
/// undefined: a part that decides it has no value.
enum class Verdict : std::uint8_t { no, maybe, yes, undefined };

/// A condition or a figure over fields: "kind == conv and depthwise", "count(kind == opaque) == 0",
/// "macs / 1G < 2". A word that is no field is a text; a comparison with nothing has no value, and one of two
/// kinds of value is a mistake. Whole numbers are compared and summed exactly.
class Expression {
 public:
  /// What a scope makes of a part that it does not go with: where that stands in the text, and what to say.
  struct Mistake {
    std::size_t at = 0;
    Error error;
  };
  [[nodiscard]] static Result<Expression> parse(std::string_view text);
  /// An error names what is no field of the scope or of its rows, or types that do not go together.
  [[nodiscard]] Result<Value> value(const FieldScope& scope) const;
  /// The same as a condition, for whatever the fields may be: X is from X to X_upper, where the scope has
  /// that. Each mention of a field may be anything in between, so that "x - x == 0" is not known either.
  [[nodiscard]] Result<Verdict> verdict(const FieldScope& scope) const;
  /// The first mistake in it as a condition over such a scope and its rows: a name that is no field, values
  /// of kinds that do not go together, a number where yes or no is asked for.
  [[nodiscard]] std::optional<Mistake> mistake(const FieldScope& scope) const;
  /// The fields that it may be about, in order of mention, each once.
  [[nodiscard]] std::vector<std::string> mentions() const;
  /// The first function that looks at all operators ("sum"); nothing where each is asked by itself.
  [[nodiscard]] std::optional<std::string> asks_of_all() const;
  /// What a comparison compared: "macs is 1814073344", "flops is at least 0"; fields with their values.
  [[nodiscard]] std::string findings(const FieldScope& scope) const;

  struct Node;

 private:
  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace alidade::host::query
