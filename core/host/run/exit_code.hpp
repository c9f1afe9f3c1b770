#pragma once
#include "alidade/base/error.hpp"

namespace alidade::host {

// The program's exit codes, documented in docs/exit_codes.md; a fault always ends with the same one.
inline constexpr int kDone = 0;
inline constexpr int kCheckFailed = 1;
inline constexpr int kBadConfig = 2;
inline constexpr int kBadModel = 3;
inline constexpr int kBadPlugin = 4;
inline constexpr int kSomeFailed = 5;
inline constexpr int kNotWritten = 6;
inline constexpr int kLimitHit = 7;
inline constexpr int kInternal = 70;
inline constexpr int kHungUp = 129;
inline constexpr int kInterrupted = 130;
inline constexpr int kTerminated = 143;

[[nodiscard]] constexpr int exit_code(Fault fault) {
  switch (fault) {
    case Fault::check:
      return kCheckFailed;
    case Fault::config:
      return kBadConfig;
    case Fault::model:
      return kBadModel;
    case Fault::plugin:
      return kBadPlugin;
    case Fault::output:
      return kNotWritten;
    case Fault::limit:
      return kLimitHit;
    case Fault::internal:
      break;
  }
  return kInternal;
}

}  // namespace alidade::host
