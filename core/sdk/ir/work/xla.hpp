#pragma once
#include <optional>

#include "operator.hpp"

namespace alidade::work_parts {

/// What XLA's cost analysis counts for an operator that runs once; nothing where a shape is missing.
[[nodiscard]] std::optional<Count> xla_count(const Operator& o, const Work& w);

}  // namespace alidade::work_parts
