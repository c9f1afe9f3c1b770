#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host {

class Nursery;  // nursery.hpp

/// What to run in a child process: this program with hidden arguments, the bytes it finds on its standard
/// input, when to kill it, and how long its answer may get. With `body`, a copy of this process runs that
/// instead, where this one has a single thread: it starts several times faster.
struct ChildOrder {
  std::vector<std::string> arguments;
  std::string_view input;
  std::chrono::milliseconds wall;
  std::uint64_t answer_limit = 64 << 20;
  std::function<int()> body = {};
  Nursery* nursery = nullptr;  ///< asked first, where it is given: it knows what to do with the input
};

/// How a child ended. `code` is an exit status or a signal.
struct ChildEnd {
  enum class How : std::uint8_t { exited, signalled, deadline, flooded } how{};
  int code = 0;
  std::string answer;  ///< what it wrote to kAnswerFd
  std::string
      last_words;  ///< the last line of its standard error and output, fit for a terminal; may be empty
  double cpu_s = 0;
  std::uint64_t peak_bytes = 0;  ///< the highest memory that it had
};

/// The descriptor a child answers on. Its standard output and error are kept, never passed to ours.
inline constexpr int kAnswerFd = 3;

/// Runs a child to its end, in a process group of its own that is gone when this returns. An error when it
/// could not be started. Any thread.
[[nodiscard]] Result<ChildEnd> run_child(const ChildOrder& order);

/// Starts a child that runs while this process goes on: what is returned waits for its end, from when on it
/// may take as long as the order says. Called once; without that the child is ended.
[[nodiscard]] Result<std::function<ChildEnd()>> start_child(ChildOrder order);

/// "signal 11, SIGSEGV".
[[nodiscard]] std::string signal_text(int signal);

}  // namespace alidade::host
