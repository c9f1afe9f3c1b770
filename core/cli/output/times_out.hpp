#pragma once

namespace alidade::cli {

/// Says on standard error what the calls into each plugin took, and the whole run's highest memory.
void say_times();

}  // namespace alidade::cli
