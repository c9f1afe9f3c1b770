#pragma once
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "fd.hpp"
#include "spawn.hpp"

namespace alidade::host {

/// A process that has loaded a library, large as it may be, and becomes a worker for each file: several files
/// of a run load it once, and each still has a process of its own, with its own limits. It starts with the
/// first file and ends with this object. Any thread may ask, and all but the first get no worker from it: a
/// child ends with the thread that its parent started it from.
class Nursery {
 public:
  explicit Nursery(std::string library) : library_(std::move(library)) {}
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;
  ~Nursery();

  /// A child of this process that carries the order out, see worker_order.hpp. Nothing where the library
  /// cannot be loaded in time, or cannot be copied once it is: a worker by itself says why.
  [[nodiscard]] std::optional<int> start(std::string_view order, const ChildEnds& ends,
                                         std::chrono::milliseconds wall);

 private:
  [[nodiscard]] bool open();
  void end();

  std::mutex mutex_;
  std::string library_;
  std::thread::id thread_;  ///< that started it
  Fd line_;
  int pid_ = -1;
  bool tried_ = false;
};

/// The other side: `alidade --nursery LIBRARY`, orders on standard input. Returns the exit code.
int nursery_main(int argc, char** argv);

}  // namespace alidade::host
