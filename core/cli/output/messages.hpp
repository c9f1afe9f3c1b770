#pragma once
#include "alidade/base/error.hpp"
#include "alidade/ir/diagnostic.hpp"

namespace alidade::cli {

/// What the program says beside its result, on standard error only. Colour on a terminal unless NO_COLOR is
/// set.
void set_up_messages(int verbosity);  ///< -1 errors only, 0 warnings too, 1 notes too
void say(const Error& error);
void say(const Diagnostic& diagnostic);

}  // namespace alidade::cli
