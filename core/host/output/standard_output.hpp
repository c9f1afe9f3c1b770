#pragma once

namespace alidade::host {

/// From here on results alone go to standard output: what a library prints there goes to standard error, so
/// that it does not stand in the middle of a result. For the program; a process of somebody else's keeps its
/// streams.
void reserve_standard_output();

/// The descriptor that results are written to.
[[nodiscard]] int standard_output();

}  // namespace alidade::host
