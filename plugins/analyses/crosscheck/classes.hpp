#pragma once
#include <string>
#include <string_view>

#include "alidade/ir/work.hpp"

namespace alidade::crosscheck {

/// The class that both sides are compared in: a tool's own name of an operator, "aten.addmm", as a class.
[[nodiscard]] std::string class_of_name(std::string_view theirs);
/// The class under which a tool counts one of our operators: torch takes everything apart into products.
[[nodiscard]] std::string class_of_op(Op op, Convention tool);

}  // namespace alidade::crosscheck
