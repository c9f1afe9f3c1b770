#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host {

/// What a shared library's own headers say, read from its file without loading it.
struct Elf {
  std::vector<std::string> exports;  ///< defined symbols that other libraries can see, sorted
  std::string declaration;  ///< the bytes of `alidade_plugin` as stored in the file; empty without it
};

/// Refuses what the loader would choke on or crash over: no ELF, another machine, no shared library, cut
/// short.
[[nodiscard]] Result<Elf> read_elf(const std::string& path);
/// The same from bytes already in memory; `path` names them.
[[nodiscard]] Result<Elf> read_elf(const std::string& path, std::string_view bytes);

}  // namespace alidade::host
