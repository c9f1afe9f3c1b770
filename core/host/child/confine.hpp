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
  bool reads_only = true;        ///< it writes no file, opens no connection and starts no program
};
/// Reads standard input to its end.
[[nodiscard]] std::string read_order();
/// Takes on the limits, dies with its parent, gains no privileges, has nothing left to read on standard
/// input, and enters the sandbox where it only reads and the kernel has one.
void confine(const ChildLimits& limits);
/// Writes all of it to kAnswerFd; false when the parent is gone.
bool answer(std::string_view bytes);

}  // namespace alidade::host
