#pragma once

namespace alidade::host {

/// What is said where there is none to make a sentence with.
inline constexpr const char* kNoMemory =
    "error: there is not enough memory\n  fix: raise the memory limit, or read the model on a larger "
    "machine\n";

/// From here on an exception that nothing can catch is told as one that was caught: memory that runs out
/// where nothing may be thrown ends with exit code 7.
void catch_terminate();
/// The same, and the program never ends by a signal: a file that is cut while it is read is a rejected model,
/// a crash becomes a sentence that names the plugin that was running (exit 4) or the program itself (70), and
/// so does exit() called by a plugin; SIGINT, SIGTERM and SIGHUP end it with 130, 143 and 129. Either way no
/// half-written report is left. No file takes the descriptor of a closed standard stream: what is written
/// there still fails.
void catch_signals();
/// What an interrupted run says last: a text that is never gone.
void say_when_interrupted(const char* text);
/// False in a process of somebody else's, whose signals are left alone.
[[nodiscard]] bool signals_are_caught();

/// In a copy of the program, once it is one: a crash, exit() called by a plugin, and time that is used up
/// (SIGALRM, SIGXCPU) end it with a line for its parent that names the plugin that was running.
void catch_signals_in_copy();

/// Gives this thread a stack of its own for the crash handler, so that a stack overflow can still be
/// reported.
void use_signal_stack();

}  // namespace alidade::host
