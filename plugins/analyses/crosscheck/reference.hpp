#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/work.hpp"

namespace alidade::crosscheck {

/// What another tool has counted, docs/capture.md: by operator, in its own names, and by module, what is in
/// them included; "" is the whole model. A map that is empty was not given.
struct Reference {
  std::string tool, version;
  Convention convention = Convention::fvcore;
  std::uint64_t total = 0;
  std::optional<std::uint64_t> compiled;  ///< the same after a compiler has rewritten the program
  std::uint64_t simplified = 0;           ///< results that the tool takes out before it counts
  std::map<std::string, std::uint64_t> by_operator, by_module, unsupported;
};

/// The references in a JSON text: a list, one, {"references": [...]}, or {"models": {"resnet18": any of
/// these}}. `where` names the text in messages.
[[nodiscard]] Result<std::vector<Reference>> read_references(std::string_view text, std::string_view model,
                                                             const std::string& where);

}  // namespace alidade::crosscheck
