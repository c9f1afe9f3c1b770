#pragma once
#include <string>

#include "alidade/sdk/plugin.hpp"
#include "elf.hpp"

namespace alidade::host {

/// Reads the declaration that a library stores in its file and compares it with this program's, field by
/// field, before any of the library's code can run. The returned copy has no `enlist`: that is known after
/// loading only.
[[nodiscard]] Result<PluginDeclaration> shake_hands(const std::string& path);
/// The same where the file has been read; `path` names it.
[[nodiscard]] Result<PluginDeclaration> shake_hands(const Elf& elf, const std::string& path);

}  // namespace alidade::host
