#pragma once
#include <optional>
#include <string_view>

#include "child.hpp"

namespace alidade::host {

/// What a child process was ended for trying: the words behind "tried to". Absent for any other end.
[[nodiscard]] std::optional<std::string_view> forbidden_deed(const ChildEnd& end);

/// From here on the process and its threads read files and compute. Who writes a file, opens a connection,
/// starts a program or looks into another process ends the process with a status that `forbidden_deed` knows.
/// False where the kernel has no such filter.
bool enter_sandbox();

}  // namespace alidade::host
