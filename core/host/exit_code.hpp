#pragma once
#include "alidade/base/error.hpp"

namespace alidade::host {

/// The program's exit codes, documented in docs/exit_codes.md; a fault always ends with the same one.
enum ExitCode : int {
  kDone = 0,
  kCheckFailed = 1,
  kBadConfig = 2,
  kBadModel = 3,
  kBadPlugin = 4,
  kSomeFailed = 5,
  kNotWritten = 6,
  kLimitHit = 7,
  kInternal = 70,
  kInterrupted = 130,
  kTerminated = 143,
};

[[nodiscard]] constexpr int exit_code(Fault fault) {
  switch (fault) {
    case Fault::check: return kCheckFailed;
    case Fault::config: return kBadConfig;
    case Fault::model: return kBadModel;
    case Fault::plugin: return kBadPlugin;
    case Fault::output: return kNotWritten;
    case Fault::limit: return kLimitHit;
    case Fault::internal: break;
  }
  return kInternal;
}

}  // namespace alidade::host
