#include "cli/output/progress_line.hpp"

#include <unistd.h>

#include <cstdio>

#include "alidade/base/text.hpp"

namespace alidade::cli {

ProgressLine::ProgressLine(std::string noun) : noun_(std::move(noun)), seen_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (seen_ && shown_ != Clock::time_point()) std::fputs("\r\033[K", stderr);
  shown_ = {};
}

void ProgressLine::show(std::size_t done, std::size_t before, std::size_t all) {
  const auto now = Clock::now();
  if (!seen_ || now - shown_ < std::chrono::milliseconds(100)) return;
  shown_ = now;
  std::string line = std::to_string(done) + " of " + std::to_string(all) + " " + noun_;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  if (done > before && seconds > 0) {
    const double rate = static_cast<double>(done - before) / seconds;
    line += ", " + text::fixed(rate, rate < 10 ? 1 : 0) + " a second, " +
            text::fixed(static_cast<double>(all - done) / rate, 0) + " s left";
  }
  std::fputs(("\r\033[K" + line).c_str(), stderr);
}

}  // namespace alidade::cli
