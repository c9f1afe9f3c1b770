#pragma once
#include <functional>
#include <string>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host {

/// What a new process finds at its descriptors: 0, 1 and 2 together, and kAnswerFd. It has no others.
struct ChildEnds {
  int input, words, answer;
};

/// Starts this program again with other arguments, in a process group of its own and with default signals.
/// The id of the process, or why it could not be started.
[[nodiscard]] Result<int> spawn(std::vector<std::string> arguments, const ChildEnds& ends);

/// Whether a copy of this process can run as a child: another thread's locks would never open in it.
[[nodiscard]] bool can_copy();
/// A copy of this process, which runs `body` and ends with its code, in a process group of its own and with
/// default signals.
[[nodiscard]] Result<int> spawn_copy(const std::function<int()>& body, const ChildEnds& ends);

/// The same as a child of this process's parent, which alone can wait for it.
[[nodiscard]] Result<int> spawn_sibling(const std::function<int()>& body, const ChildEnds& ends);

[[nodiscard]] std::unexpected<Error> could_not_start(int reason);

}  // namespace alidade::host
