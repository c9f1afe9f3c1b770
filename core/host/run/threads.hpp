#pragma once
#include <memory>

namespace alidade::host {

/// At most so many threads run passes while this lives, and each of them can report a stack overflow.
class Threads {
 public:
  explicit Threads(unsigned most);
  ~Threads();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::host
