#include "each.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "host/child/crash.hpp"

namespace alidade::host {
namespace {

class Shared {
 public:
  Shared(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

  void help() {
    for (std::size_t i; (i = next_++) < count_;) try {
        work_(i);
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!thrown_) thrown_ = std::current_exception();
      }
  }
  void finish() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::exception_ptr thrown_;
};

/// Whether there was memory for one more.
bool start(std::vector<std::jthread>& threads, Shared& shared) try {
  threads.emplace_back([&] {
    if (signals_are_caught()) use_signal_stack();
    shared.help();
  });
  return true;
} catch (const std::system_error&) {
  return false;
}

}  // namespace

void for_each_index(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  Shared shared(count, work);
  {
    std::vector<std::jthread> others;
    while (others.size() + 1 < std::min<std::size_t>(count, threads) && start(others, shared)) continue;
    shared.help();
  }
  shared.finish();
}

}  // namespace alidade::host
