#pragma once
#include <signal.h>

#include <array>
#include <string>

namespace alidade::host {

/// What all of a process shares, and a call into a library may not leave otherwise: the working folder, the
/// locale, the rounding of this thread, and what signals do.
class ProcessState {
 public:
  ProcessState();
  /// Puts back what has changed since; says what that was, or nothing.
  [[nodiscard]] std::string restore() const;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGSEGV, SIGABRT, SIGBUS};
  std::string folder_, locale_;
  int rounding_;
  std::array<struct sigaction, kSignals.size()> actions_{};
};

}  // namespace alidade::host
