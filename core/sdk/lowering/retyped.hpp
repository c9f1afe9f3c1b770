#pragma once
#include "alidade/base/units.hpp"
#include "alidade/sdk/precision.hpp"

namespace alidade::lowering {

/// Bytes in the type `to`, under a precision, of what takes so many in the type `from`; with the scales of
/// blocks, where the precision has any. A part of a byte counts as one. The same where a type has no width.
[[nodiscard]] Count retyped(std::uint64_t bytes, Dtype from, Dtype to, Precision precision);

}  // namespace alidade::lowering
