#include "threads.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include "host/child/crash.hpp"

namespace alidade::host {
namespace {

/// Every thread that runs a pass can report a stack overflow.
class StackOverflowReports : public oneapi::tbb::task_scheduler_observer {
 public:
  StackOverflowReports() { observe(true); }
  ~StackOverflowReports() override { observe(false); }
  void on_scheduler_entry(bool) override { use_signal_stack(); }
};

}  // namespace

struct Threads::State {
  explicit State(unsigned most) : limit(oneapi::tbb::global_control::max_allowed_parallelism, most) {}
  oneapi::tbb::global_control limit;
  StackOverflowReports reports;
};

Threads::Threads(unsigned most) : state_(signals_are_caught() ? std::make_unique<State>(most) : nullptr) {}
Threads::~Threads() = default;

}  // namespace alidade::host
