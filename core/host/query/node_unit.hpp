#pragma once
#include <optional>
#include <string_view>

#include "host/query/node.hpp"

namespace alidade::host::query {

/// A sum or a comparison of what is in one unit with what is written in another, `macs < 5ms`; nothing where
/// no unit is written in it. A number alone goes with every unit.
[[nodiscard]] std::optional<Expression::Mistake> unit_mistake(std::string_view text,
                                                              const Expression::Node& node,
                                                              const FieldScope& scope);

}  // namespace alidade::host::query
