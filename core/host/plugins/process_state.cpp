#include "process_state.hpp"

#include <unistd.h>

#include <cfenv>
#include <clocale>
#include <filesystem>

namespace alidade::host {
namespace {

/// Empty where it cannot be told.
std::string working_folder() {
  std::error_code none;
  return std::filesystem::current_path(none).string();
}

bool is_same(const struct sigaction& a, const struct sigaction& b) {
  return a.sa_handler == b.sa_handler && a.sa_flags == b.sa_flags;
}

}  // namespace

ProcessState::ProcessState()
    : folder_(working_folder()), locale_(std::setlocale(LC_ALL, nullptr)), rounding_(std::fegetround()) {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], nullptr, &actions_[i]);
}

std::string ProcessState::restore() const {
  std::string changed;
  if (const auto now = working_folder(); !now.empty() && !folder_.empty() && now != folder_)
    changed = ::chdir(folder_.c_str()) == 0 ? "working folder" : "";
  if (locale_ != std::setlocale(LC_ALL, nullptr)) changed = "locale", std::setlocale(LC_ALL, locale_.c_str());
  if (rounding_ != std::fegetround()) changed = "rounding", std::fesetround(rounding_);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction now{};
    sigaction(kSignals[i], nullptr, &now);
    if (!is_same(now, actions_[i]))
      changed = "handling of signals", sigaction(kSignals[i], &actions_[i], nullptr);
  }
  return changed;
}

}  // namespace alidade::host
