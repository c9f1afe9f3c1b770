#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace alidade::host {

struct PluginCall;

/// What the calls into one component took together. Of calls at the same time the seconds add up, and each
/// has the memory that all of them took; a call that another one makes counts in both.
struct Taken {
  std::string component, library;
  std::uint64_t calls = 0;
  double seconds = 0;
  std::uint64_t grown_bytes = 0;   ///< by which this process's highest memory rose meanwhile
  std::uint64_t worker_bytes = 0;  ///< the highest memory of a worker process that it ran in
};

/// From here on calls into plugins are timed; before, one costs nothing more. Once, before any call.
void time_calls();
/// The longest first. Empty where nothing was timed.
[[nodiscard]] std::vector<Taken> taken_by_calls();
/// The highest memory that this process had.
[[nodiscard]] std::uint64_t highest_memory();

/// Times a call into a plugin for as long as it lives, where calls are timed. Any thread.
class CallTimer {
 public:
  explicit CallTimer(const PluginCall& call);
  CallTimer(const CallTimer&) = delete;
  CallTimer& operator=(const CallTimer&) = delete;
  ~CallTimer();
  /// The call ran in a process of its own, which had this much at most.
  void in_worker(std::uint64_t bytes) { worker_bytes_ = bytes; }

 private:
  const PluginCall* call_ = nullptr;  ///< nothing where calls are not timed
  std::chrono::steady_clock::time_point begin_;
  std::uint64_t before_ = 0, worker_bytes_ = 0;
};

}  // namespace alidade::host
