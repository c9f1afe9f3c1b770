#include "timing.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "guard.hpp"

namespace alidade::host {
namespace {

/// What was timed so far.
struct Times {
  std::mutex lock;
  std::map<std::pair<std::string, std::string>, Taken> by_component;  ///< and its library
};

bool timed = false;  // written once, before any call

Times& times() {
  static Times all;
  return all;
}

}  // namespace

void time_calls() { timed = true; }

std::vector<Taken> taken_by_calls() {
  std::vector<Taken> out;
  for (const auto& [component, taken] : times().by_component) out.push_back(taken);
  std::ranges::stable_sort(out, std::ranges::greater(), &Taken::seconds);
  return out;
}

std::uint64_t highest_memory() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<std::uint64_t>(used.ru_maxrss) << 10;
}

CallTimer::CallTimer(const PluginCall& call) {
  if (!timed) return;
  call_ = &call, before_ = highest_memory();
  begin_ = std::chrono::steady_clock::now();
}

CallTimer::~CallTimer() {
  if (!call_) return;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
  const auto now = highest_memory();
  const std::scoped_lock held(times().lock);
  auto& taken = times().by_component[{std::string(call_->component), std::string(call_->library)}];
  taken.component = call_->component, taken.library = call_->library;
  ++taken.calls, taken.seconds += took.count();
  taken.grown_bytes += now - before_;
  taken.worker_bytes = std::max(taken.worker_bytes, worker_bytes_);
}

}  // namespace alidade::host
