#pragma once
#include <span>

#include "alidade/base/error.hpp"
#include "alidade/ir/diagnostic.hpp"
#include "host/config/config.hpp"

namespace alidade::cli {

/// How messages are written: for people, or one JSON object a line.
enum class LogFormat : std::uint8_t { text, json };

/// What the program says beside its result, on standard error only. Colour on a terminal unless NO_COLOR is
/// set.
void set_up_messages(int verbosity, LogFormat format);  ///< -1 errors only, 0 warnings too, 1 notes too
[[nodiscard]] LogFormat log_format();
void say(const Error& error);
void say(const Diagnostic& diagnostic);
void say(std::span<const host::Mistake> mistakes);
/// That memory ran out, by no more of it.
void say_no_memory();

}  // namespace alidade::cli
