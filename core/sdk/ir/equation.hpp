#pragma once
#include <string_view>

namespace alidade {

/// Of one term of an Einsum's equation: two of "..." share the dimensions that no letter has, and nothing
/// says how.
[[nodiscard]] constexpr bool has_two_ellipses(std::string_view term) {
  const auto first = term.find("...");
  return first != term.npos && term.find("...", first + 3) != term.npos;
}

}  // namespace alidade
