#pragma once
#include <cstddef>
#include <span>

#include "host/run/exit_code.hpp"

namespace alidade::host {

/// What becomes of several models, one by one, and the code that a run of them ends with: where all failed
/// for one reason that reason's, where some did or reasons differ 5.
class Failures {
 public:
  void succeeded() { ++models_; }
  void failed(int code) {
    code_ = failed_ == 0 || code_ == code ? code : kSomeFailed;
    ++models_, ++failed_;
  }
  [[nodiscard]] bool all() const { return models_ > 0 && failed_ == models_; }
  [[nodiscard]] int code() const { return failed_ == 0 || all() ? code_ : kSomeFailed; }

 private:
  std::size_t models_ = 0, failed_ = 0;
  int code_ = kDone;
};

/// Of a run with these errors, of all of its models or of some.
[[nodiscard]] inline int code_of(std::span<const Error> errors, bool all_failed) {
  Failures failures;
  for (const auto& error : errors) failures.failed(exit_code(error.fault));
  if (!all_failed) failures.succeeded();
  return failures.code();
}

}  // namespace alidade::host
