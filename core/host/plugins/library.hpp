#pragma once
#include <string>
#include <string_view>

#include "alidade/sdk/plugin.hpp"

namespace alidade::host {

/// Loads a library (every symbol at once, none of them visible to others) for the rest of this process's
/// life, and returns its declaration. `path` is absolute; the handshake has been made. Any thread.
[[nodiscard]] Result<const PluginDeclaration*> open_library(const std::string& path);

/// Whether a loader's sentence is about memory that there was none of, and no fault of the library.
[[nodiscard]] bool says_no_room(std::string_view sentence);

}  // namespace alidade::host
