#pragma once
#include <memory>

namespace alidade::host {

/// At most so many threads run passes while this lives, and each of them can report a stack overflow. In a
/// process of somebody else's, whose threads and signals are its own, nothing is changed.
class Threads {
 public:
  explicit Threads(unsigned most);
  ~Threads();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::host
