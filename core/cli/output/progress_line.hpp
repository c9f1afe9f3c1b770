#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace alidade::cli {

/// "412 of 960 points, 350 a second, 2 s left" on standard error where that is a terminal; gone when it is
/// done.
class ProgressLine {
 public:
  explicit ProgressLine(std::string noun);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();
  /// `before` of the `done` were there at the beginning.
  void show(std::size_t done, std::size_t before, std::size_t all);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string noun_;
  bool seen_;
  Clock::time_point begin_ = Clock::now(), shown_;
};

}  // namespace alidade::cli
