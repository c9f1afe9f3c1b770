#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace alidade::host {

// What a child process does for itself, before it loads anything that is not its own.

/// What it lets itself have.
struct ChildLimits {
  std::uint64_t memory_mib;  ///< of address space, beside what the process has
  std::uint64_t cpu_s;
  bool files_of_parent = false;  ///< it reads one through /proc
};
/// Reads standard input to its end.
[[nodiscard]] std::string read_order();
/// Takes on the limits, dies with its parent, gains no privileges, has nothing left to read on standard
/// input, and enters the sandbox where the kernel has one: no files written, no connections, no programs.
void confine(const ChildLimits& limits);
/// Writes all of it to kAnswerFd; false when the parent is gone.
bool answer(std::string_view bytes);

}  // namespace alidade::host
