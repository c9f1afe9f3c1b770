#pragma once
#include <span>
#include <string_view>

#include "alidade/base/error.hpp"
#include "alidade/ir/diagnostic.hpp"

namespace alidade::cli {

/// What the program says beside its result, on standard error only. Colour on a terminal unless NO_COLOR is set.
void set_up_talk(int verbosity);  ///< -1 errors only, 0 and warnings, 1 and what is being done
void say(const Error& error);
void say(const Diagnostic& diagnostic);
void mention(std::string_view text);  ///< one line at verbosity 1

/// Ends the program with a sentence and exit code 70, 130 or 143 where it would have died by a signal.
void catch_signals();

}  // namespace alidade::cli
