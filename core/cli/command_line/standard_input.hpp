#pragma once
#include <cstdint>
#include <string>

#include "alidade/base/error.hpp"

namespace alidade::cli {

/// What standard input held, as a file without a name: it is gone when the program ends, however it ends. The
/// path opens it from this process and its children. Read once; later calls give the same file. More than
/// `most_mib` is an error, and so is no room for it.
[[nodiscard]] Result<std::string> standard_input_file(std::uint64_t most_mib);

}  // namespace alidade::cli
