#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <variant>

#include "host/query/expression.hpp"

namespace alidade::host::query {

/// A number that stays whole, and exact, for as long as it can.
using Number = std::variant<std::int64_t, double>;

/// The number that a value is; true is 1.
[[nodiscard]] std::optional<Number> number_of(const Value& value);
[[nodiscard]] Value value_of(Number number);
[[nodiscard]] double real_of(Number number);

/// By their true sizes: a whole number and a double never meet as doubles.
[[nodiscard]] std::partial_ordering order(Number a, Number b);
/// a op b; whole when both are and the result fits 64 bits. Nothing when it is not finite.
[[nodiscard]] Value computed(char op, Number a, Number b);
[[nodiscard]] double real_result(char op, double a, double b);

}  // namespace alidade::host::query
