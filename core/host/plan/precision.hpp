#pragma once
#include <optional>
#include <string>

#include "plan.hpp"

namespace alidade::host {

/// "'l4' has no f4: it has f32, bf16": the precision that a target is to run models in, and cannot; nothing
/// where it can.
[[nodiscard]] std::optional<std::string> lacking_precision(const HardwareStep& step);

}  // namespace alidade::host
