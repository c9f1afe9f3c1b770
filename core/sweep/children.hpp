#pragma once
#include <cstddef>
#include <deque>
#include <functional>

#include "columns.hpp"
#include "host/child/child.hpp"
#include "host/config/config.hpp"

namespace alidade::sweep {

/// Points that a child process finds out, in order.
struct Job {
  std::size_t points = 0;
  /// In the child: calls `ready` once, when that is there which all points need, and then `tell` with each
  /// point from `first` on.
  std::function<void(std::size_t first, const std::function<void()>& ready,
                     const std::function<void(const Row&)>& tell)>
      work;
  /// Here: what became of each point, in order.
  std::function<void(std::size_t point, Result<Row> row)> take;
};

/// Children that are copies of this process, which has one thread. What crashes, ends or does not end in one
/// of them loses the point that it was at; another child finds out those behind it.
class Children {
 public:
  Children(unsigned at_once, const host::Limits& limits) : at_once_(at_once), limits_(limits) {}
  /// Where as many as may run at once do, the eldest is waited for first. An error where no child can be
  /// started.
  [[nodiscard]] Result<void> start(Job job);
  /// Waits for all.
  [[nodiscard]] Result<void> finish();

 private:
  struct Running {
    Job job;
    std::size_t first;
    std::function<host::ChildEnd()> end;
  };
  [[nodiscard]] Result<void> start(Job job, std::size_t first);
  [[nodiscard]] Result<void> take_eldest();

  unsigned at_once_;
  const host::Limits& limits_;
  std::deque<Running> running_;
};

}  // namespace alidade::sweep
