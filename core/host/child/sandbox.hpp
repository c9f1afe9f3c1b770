#pragma once
#include <optional>
#include <string_view>

#include "child.hpp"

namespace alidade::host {

/// What a child process was ended for trying: the words behind "tried to". Absent for any other end.
[[nodiscard]] std::optional<std::string_view> forbidden_deed(const ChildEnd& end);

/// From here on the process and its threads read files and compute. Who writes a file, opens a connection,
/// starts a program or looks into another process ends the process with a status that `forbidden_deed` knows.
/// Without effect where the kernel has no such filter. `files_of_parent`: it still reads a file through
/// /proc/PID/fd/N, as what was kept of standard input; Landlock, the second lock, has no way to allow that.
void enter_sandbox(bool files_of_parent);

}  // namespace alidade::host
