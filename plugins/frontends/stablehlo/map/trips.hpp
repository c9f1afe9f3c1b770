#pragma once
#include "alidade/ir/attrs.hpp"
#include "call.hpp"

namespace alidade::stablehlo {

/// How often a while runs, where a carried counter that begins at a number, grows by a number and is compared
/// with one decides it.
[[nodiscard]] LoopAttrs trips_of(Call& loop);

}  // namespace alidade::stablehlo
