#pragma once
#include <cstdint>
#include <optional>

#include "expression_program.hpp"

namespace alidade {

/// What a formula comes to where every step of it is a whole number of 64 bits, as in most: many times faster
/// than fractions. Nothing where a step is no such number, needs more, or has no value; nothing is said of
/// the formula then.
[[nodiscard]] std::optional<std::int64_t> whole_value(const Expression::Program& program,
                                                      const Bindings& bindings);

}  // namespace alidade
