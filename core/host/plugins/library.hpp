#pragma once
#include <string>

#include "alidade/sdk/plugin.hpp"

namespace alidade::host {

/// Loads a library (every symbol at once, none of them visible to others) for the rest of this process's
/// life, and returns its declaration. `path` is absolute; the handshake has been made. Any thread.
[[nodiscard]] Result<const PluginDeclaration*> open_library(const std::string& path);

}  // namespace alidade::host
