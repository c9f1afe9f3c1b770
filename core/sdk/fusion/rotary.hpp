#pragma once
#include <cstdint>
#include <vector>

#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// Rotary embeddings as they are written out, each the steps that turn one tensor, ascending: parts of it,
/// negated and put together again, times sines, added to it times cosines; or parts times both, put together
/// at the end. The last step is the only one that others read. Takes linear time.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> written_rotaries(const FusionInput& input);

}  // namespace alidade::fusion
